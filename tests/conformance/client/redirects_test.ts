// Redirects on the wire (RFC 9110 15.4 and the Fetch standard's HTTP-redirect fetch).

import { assert, assertEquals } from "@std/assert";
import type { HttpErrorCode, RequestBody, RequestOptions } from "../../../client/mod.ts";
import { DEAD_PORT } from "../../client/support/dialing.ts";
import { answer, fieldOf, Peer, type PeerConn, type PeerRequest } from "./peer.ts";
import { httpErrorOf, textOf, until, within, withPeer } from "./support.ts";

function redirect(location: string, status: number = 302, more: string = ""): string {
  return answer("elsewhere", `Location: ${location}\r\n${more}`, `${status} Moved`);
}

const FOLLOW: RequestOptions = { redirect: "follow" };

Deno.test("A redirect is delivered unless it is to be followed", async () => {
  await withPeer((conn) => conn.serve(() => redirect("/b")), async (peer, client) => {
    const response = await client.get(peer.url());
    assertEquals([response.code, response.headers["location"], textOf(response)], [
      302,
      "/b",
      "elsewhere",
    ]);
    const error = await httpErrorOf(client.get(peer.url(), { redirect: "error" }), "redirect");
    assertEquals(error.safeToRetry, true);
  });
});

Deno.test("A redirect is followed over the same connection, and told [RFC 9110 15.4]", async () => {
  await withPeer(
    (conn) =>
      conn.serve(({ target }) =>
        target === "/c?x" ? answer("here") : redirect(target === "/" ? "b/" : "../c?x")
      ),
    async (peer, client) => {
      const response = await client.get(peer.url("/#part"), FOLLOW);
      assertEquals([response.code, textOf(response)], [200, "here"]);
      assertEquals(response.redirects, [peer.url("/#part"), peer.url("/b/#part")]);
      // RFC 9110 10.2.2: a fragment is inherited.
      assertEquals(response.url, peer.url("/c?x#part"));
      assertEquals([peer.conns.length, peer.executed.map(({ target }) => target)], [1, [
        "/",
        "/b/",
        "/c?x",
      ]]);
    },
  );
});

const METHODS: [status: number, method: string, becomes: string][] = [
  [301, "POST", "GET"],
  [302, "POST", "GET"],
  [303, "POST", "GET"],
  [303, "PUT", "GET"],
  [303, "DELETE", "GET"],
  [303, "HEAD", "HEAD"],
  [301, "PUT", "PUT"],
  [302, "DELETE", "DELETE"],
  [307, "POST", "POST"],
  [308, "POST", "POST"],
  [301, "HEAD", "HEAD"],
];
for (const [status, method, becomes] of METHODS) {
  Deno.test(`${status} makes ${becomes} of ${method}, with its body or without [RFC 9110 15.4]`, async () => {
    await withPeer((conn) =>
      conn.serve((request) => {
        if (request.target === "/b") return answer();
        const all = redirect("/b", status);
        return request.method === "HEAD" ? all.replace("elsewhere", "") : all;
      }), async (peer, client) => {
      const body = method === "HEAD" || method === "DELETE" ? undefined : "body";
      const headers = { "Content-Type": "text/x-own", "X-A": "b", "Content-Language": "en" };
      const response = await client.request(method, peer.url(), body, { ...FOLLOW, headers }).catch(
        (error) => {
          // The peer answers HEAD as it would GET.
          if (method !== "HEAD") throw error;
          return undefined;
        },
      );
      assert(response === undefined || response.code === 200);
      const second = peer.executed[1]!;
      const keepsBody = becomes === method && body !== undefined;
      assertEquals([second.method, second.body], [becomes, keepsBody ? "body" : ""]);
      assertEquals(fieldOf(second, "x-a"), "b");
      const describing = becomes === method ? ["text/x-own", "en"] : [undefined, undefined];
      assertEquals(
        [fieldOf(second, "content-type"), fieldOf(second, "content-language")],
        describing,
      );
      assertEquals(fieldOf(second, "content-length"), keepsBody ? "4" : undefined);
    });
  });
}

/** A request that is redirected from one origin to another; what the other one got. */
async function across(
  options: RequestOptions,
  url = (peer: Peer) => peer.url(),
): Promise<PeerRequest> {
  await using other = new Peer((conn) => conn.serve(() => answer("other")));
  await withPeer((conn) => conn.serve(() => redirect(other.url("/b"))), async (peer, client) => {
    assertEquals(textOf(await client.get(url(peer), { ...FOLLOW, ...options })), "other");
  });
  return other.executed[0]!;
}

Deno.test("Across origins only harmless fields go along [Fetch 4.4, CVE-2018-1000007]", async () => {
  const headers = {
    Authorization: "Bearer secret",
    Cookie: "a=secret",
    "X-Api-Key": "secret",
    "X-Auth-Token": "secret",
    Host: "secret.test",
    Referer: "http://secret.test/",
    Origin: "http://secret.test",
    Accept: "text/plain",
    "Accept-Language": "en",
    "User-Agent": "own",
    Range: "bytes=0-1",
  };
  const request = await across({ headers });
  assertEquals(request.fields.filter(([, value]) => value.includes("secret")), []);
  for (const name of ["accept", "accept-language", "user-agent", "range"]) {
    assertEquals(
      fieldOf(request, name),
      Object.entries(headers).find(([key]) => key.toLowerCase() === name)![1],
    );
  }
  const allowed = await across({ headers, crossOriginHeaders: ["x-api-KEY"] });
  assertEquals(fieldOf(allowed, "x-api-key"), "secret");
  assertEquals(allowed.fields.filter(([, value]) => value.includes("secret")).length, 1);
});

Deno.test("Across origins no credentials go along, whoever gave them", async () => {
  const auths: RequestOptions["auth"][] = [
    { username: "me", password: "secret" },
    { type: "bearer", token: "secret" },
    { type: "digest", username: "me", password: "secret" },
  ];
  for (const auth of auths) {
    assertEquals(fieldOf(await across({ auth }), "authorization"), undefined);
  }
  const request = await across({}, (peer) => peer.url().replace("//", "//me:secret@"));
  assertEquals(fieldOf(request, "authorization"), undefined);
});

Deno.test("A Location with a user is refused across origins", async () => {
  await using other = new Peer((conn) => conn.serve(() => answer()));
  await withPeer(
    (conn) => conn.serve(() => redirect(other.url().replace("//", "//me:secret@"))),
    async (peer, client) => {
      await httpErrorOf(client.get(peer.url(), FOLLOW), "redirect");
      assertEquals(other.conns.length, 0);
    },
  );
});

Deno.test("More redirects than maxRedirects are an error; a circle ends so too", async () => {
  await withPeer(
    (conn) => conn.serve(({ target }) => redirect(`/${Number(target.slice(1)) + 1}`)),
    async (peer, client) => {
      await httpErrorOf(client.get(peer.url("/0"), FOLLOW), "redirect");
      assertEquals(peer.executed.length, 11);
      await httpErrorOf(client.get(peer.url("/0"), { ...FOLLOW, maxRedirects: 2 }), "redirect");
      assertEquals(peer.executed.length, 14);
      await httpErrorOf(client.get(peer.url("/0"), { ...FOLLOW, maxRedirects: 0 }), "redirect");
      assertEquals(peer.executed.length, 15);
    },
  );
});

const NOT_FOLLOWED = [
  "ftp://127.0.0.1/",
  "file:///etc/passwd",
  "data:text/plain,x",
  "javascript:1",
  "http://[",
  "http://",
  "ws://127.0.0.1/",
];
Deno.test("Redirects to other schemes and to nonsense are refused [RFC 9110 10.2.2]", async () => {
  for (const location of NOT_FOLLOWED) {
    await withPeer((conn) => conn.serve(() => redirect(location)), async (peer, client) => {
      await httpErrorOf(client.get(peer.url(), FOLLOW), "redirect");
      assertEquals(peer.executed.length, 1);
    });
  }
});

Deno.test("Two different Locations are an error, and the same one twice is one [RFC 9110 5.3]", async () => {
  const fieldsFor: Record<string, string> = {
    "/different": "Location: /b\r\nLocation: /c\r\n",
    "/case": "Location: /b\r\nlocation: /B\r\n",
    "/same": "Location: /b\r\nLOCATION: /b\r\n",
  };
  await withPeer(
    (conn) =>
      conn.serve(({ target }) => {
        const fields = fieldsFor[target];
        return fields === undefined ? answer("here") : answer("", fields, "302 Found");
      }),
    async (peer, client) => {
      for (const path of ["/different", "/case"]) {
        const error = await httpErrorOf(client.get(peer.url(path), FOLLOW), "redirect");
        assert(error.message.includes("two different locations"), error.message);
        assertEquals([error.safeToRetry, client.stats().connections], [true, 0]);
      }
      const response = await client.get(peer.url("/same"), FOLLOW);
      assertEquals([textOf(response), response.url], ["here", peer.url("/b")]);
      // Who does not follow is told both.
      const told = await client.get(peer.url("/different"));
      assertEquals([told.code, told.headers["location"]], [302, "/b, /c"]);
      const sent = peer.executed.map(({ target }) => target);
      assertEquals(sent, ["/different", "/case", "/same", "/b", "/different"]);
    },
  );
});

Deno.test("A POST that was redirected was acted upon: what fails behind it is not safe to repeat [RFC 9110 9.2.2]", async () => {
  const cases: [method: string, status: number, isSafe: boolean][] = [
    ...[301, 302, 303, 307, 308].map((status): [string, number, boolean] => [
      ...["POST", status, false] as const,
    ]),
    ["PATCH", 303, false],
    ["PUT", 303, true],
    ["DELETE", 307, true],
    ["GET", 302, true],
  ];
  // The next server answers nothing, or is not there at all.
  await using silent = new Peer(async (conn) => {
    await conn.readRequest();
    conn.close();
  });
  const elsewhere: [location: string, code: HttpErrorCode][] = [
    [silent.url("/b"), "closed"],
    [`http://127.0.0.1:${DEAD_PORT}/`, "connect"],
  ];
  for (const [method, status, isSafe] of cases) {
    for (const [location, code] of elsewhere) {
      const script = (conn: PeerConn) => conn.serve(() => redirect(location, status));
      await withPeer(script, async (peer, client) => {
        const retry: RequestOptions = { ...FOLLOW, retry: { attempts: 2, delay: 0 } };
        for (const options of [FOLLOW, retry]) {
          const before = peer.executed.length;
          const request = client.request(method, peer.url(), undefined, options);
          const error = await httpErrorOf(request, code);
          const what = `${method} after ${status}: ${code}`;
          assertEquals(error.safeToRetry, isSafe, what);
          // The option retry takes up the last hop, and never the first one.
          assertEquals(peer.executed.length - before, 1, what);
        }
      });
    }
  }
});

Deno.test("A redirect without Location, and a 304, are answers", async () => {
  for (
    const send of [
      answer("x", "", "302 Found"),
      "HTTP/1.1 304 Not Modified\r\nLocation: /b\r\n\r\n",
      answer("x", "Location: /b\r\n", "300 Multiple Choices"),
    ]
  ) {
    await withPeer((conn) => conn.serve(() => send), async (peer, client) => {
      assertEquals((await client.get(peer.url(), FOLLOW)).redirects, []);
      assertEquals(peer.executed.length, 1);
    });
  }
});

const BODIES: [name: string, body: () => RequestBody, isReplayed: boolean][] = [
  ["text", () => "body", true],
  ["a Blob", () => new Blob(["body"]), true],
  ["a stream", () => ReadableStream.from([new TextEncoder().encode("body")]), false],
];
for (const [name, body, isReplayed] of BODIES) {
  Deno.test(`307 for ${name} ${isReplayed ? "sends it again" : "is an error: it cannot be sent again"} [RFC 9110 15.4.8]`, async () => {
    await withPeer(
      (conn) => conn.serve(({ target }) => target === "/b" ? answer() : redirect("/b", 307)),
      async (peer, client) => {
        const request = client.post(peer.url(), body(), FOLLOW);
        if (!isReplayed) {
          assertEquals((await httpErrorOf(request, "redirect")).safeToRetry, false);
        } else await request;
        assertEquals(peer.executed.map((it) => it.body), isReplayed ? ["body", "body"] : ["body"]);
      },
    );
  });
}

const UNREAD: [name: string, head: string, rest: string][] = [
  ["that never ends", "Content-Length: 10\r\n", "12345"],
  ["until close that never ends", "", "12345"],
  ["that is large", "Content-Length: 10000000\r\n", "12345"],
  ["that is malformed", "Transfer-Encoding: chunked\r\n", "xyz\r\n"],
];
for (const [name, fields, rest] of UNREAD) {
  Deno.test(`A redirect with a body ${name} is followed without waiting for it`, async () => {
    await withPeer(async (conn) => {
      if (conn.index > 0) return await conn.serve(() => answer("here"));
      await conn.readRequest();
      await conn.send(`HTTP/1.1 302 Found\r\nLocation: /b\r\n${fields}\r\n${rest}`);
      await conn.readToEnd();
    }, async (peer, client) => {
      const response = await within("the second hop", client.get(peer.url(), FOLLOW));
      assertEquals([textOf(response), response.connection.reused], ["here", false]);
      await until("the first connection is closed", () => peer.conns[0]!.ended);
    }, { timeout: 60 });
  });
}
