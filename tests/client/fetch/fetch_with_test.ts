import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  bodyWithFile,
  type Client,
  ClosedError,
  form,
  LimitError,
  TimeoutError,
} from "../../../client/mod.ts";
import { USER_AGENT } from "../../../client/request_head.ts";
import type { Peer } from "../../conformance/client/peer.ts";
import {
  answer,
  chunked,
  failureOf,
  fieldOf,
  headOf,
  piecesOf,
  typeErrorOf,
  until,
  untilIdle,
  withFetch,
} from "./support.ts";
import { countDescriptors } from "../../open_descriptors.ts";

const hello = "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";

Deno.test("bodies go out with their length, where that is known", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "file");
  await withFetch((conn) => conn.serve(() => answer()), async (peer, client) => {
    const send = async (
      body: BodyInit | Awaited<ReturnType<typeof bodyWithFile>>,
      headers = {},
    ) => {
      await (await client.fetch(peer.url(), { method: "POST", body, headers })).text();
      const request = peer.executed.at(-1)!;
      return [fieldOf(request, "content-length"), request.body];
    };
    const stream = () => ReadableStream.from([new Uint8Array([65, 66]), new Uint8Array([67])]);
    assertEquals(await send("text"), ["4", "text"]);
    assertEquals(await send(stream()), [undefined, "ABC"]);
    assertEquals(await send(stream(), { "Content-Length": "3" }), ["3", "ABC"]);
    assertEquals(await send(stream(), new Headers({ "Content-Length": "3" })), ["3", "ABC"]);
    assertEquals(await send(await bodyWithFile(path)), ["4", "file"]);
    const data = form().add("a", "b");
    await client.fetch(peer.url(), { method: "POST", body: data });
    assertEquals(fieldOf(peer.executed.at(-1)!, "content-length"), String(data.contentLength));
    const long = "x".repeat(200_000);
    const put = async (body: BodyInit) => {
      await client.fetch(new Request(peer.url(), { method: "PUT", body }));
      const request = peer.executed.at(-1)!;
      return [fieldOf(request, "content-length"), request.body.length];
    };
    assertEquals(await put("short"), ["5", 5]);
    assertEquals(await put(new Blob([long]).stream()), [undefined, 200_000]);
  });
  await Deno.remove(path);
});

Deno.test("the body of a Request is sent again where a redirect asks for that", async () => {
  await withFetch(
    (conn) =>
      conn.serve(({ target }) =>
        target === "/" ? answer("", "Location: /to\r\n", "307 Temporary Redirect") : answer()
      ),
    async (peer, client) => {
      await client.fetch(new Request(peer.url("/"), { method: "PUT", body: "hi" }));
      assertEquals(peer.executed.map(({ target, body }) => [target, body]), [["/", "hi"], [
        "/to",
        "hi",
      ]]);
    },
  );
});

Deno.test("a short body frees its connection though nobody reads it", async () => {
  const texts: Record<string, string> = {
    "/length": answer("x".repeat(60_000)),
    "/chunks": chunked("a".repeat(30_000), "b".repeat(30_000)) + "0\r\n\r\n",
  };
  await withFetch(
    (conn) => conn.serve(({ target }) => texts[target] ?? answer()),
    async (peer, client) => {
      for (const path of Object.keys(texts)) {
        const unread = await client.fetch(peer.url(path));
        await untilIdle(client);
        await (await client.fetch(peer.url("/next"))).text();
        assertEquals((await unread.bytes()).length, 60_000);
      }
      assertEquals(peer.conns.length, 1);
    },
    { maxPerOrigin: 1 },
  );
});

Deno.test("a long body is read as it is pulled, and no faster", async () => {
  let sent = 0;
  const piece = "x".repeat(65536);
  await withFetch(async (conn) => {
    await conn.readRequest();
    await conn.send(headOf(400 * piece.length));
    for (let i = 0; i < 400; i++, sent++) await conn.send(piece);
    await conn.readToEnd();
  }, async (peer, client) => {
    const response = await client.fetch(peer.url());
    // What the system takes in between is full before long: then the peer has to wait. Both live in this event loop, in
    // each turn of which a client that reads on would make room for more.
    let [before, stillFor] = [0, 0];
    await until("the peer has to wait", () => {
      stillFor = sent > 0 && sent === before ? stillFor + 1 : 0;
      before = sent;
      return stillFor === 20;
    });
    assert(sent < 400, `${sent} of 400`);
    assertEquals(await piecesOf(response), 400 * piece.length);
  });
});

Deno.test("an abort rejects with its reason, wherever the request stands", async () => {
  await withFetch(async (conn) => {
    const head = await conn.readHead();
    if (head.startsWith("GET /body")) await conn.send(headOf(1e6) + "x");
    await conn.readToEnd();
  }, async (peer, client) => {
    const reason = { my: "reason" };
    const cancelled: unknown[] = [];
    const abortWhen = async (when: () => boolean, controller: AbortController) => {
      await until("it is time to abort", when);
      controller.abort(reason);
    };
    const early = new ReadableStream({ cancel: (why) => void cancelled.push(why) });
    const body = new ReadableStream<Uint8Array>({ cancel: (why) => void cancelled.push(why) });
    const post = { method: "POST", body: early, signal: AbortSignal.abort(reason) };
    assertEquals(await failureOf(client.fetch(peer.url(), post)), reason);
    const head = new AbortController();
    const waiting = client.fetch(peer.url("/head"), { signal: head.signal });
    abortWhen(() => peer.received.includes("/head"), head);
    assertEquals(await failureOf(waiting), reason);
    const upload = new AbortController();
    const sending = client.fetch(peer.url("/up"), { method: "POST", body, signal: upload.signal });
    abortWhen(() => peer.received.includes("/up"), upload);
    assertEquals(await failureOf(sending), reason);
    const inBody = new AbortController();
    const response = await client.fetch(peer.url("/body"), { signal: inBody.signal });
    const reader = response.body!.getReader();
    await reader.read();
    const reading = reader.read();
    inBody.abort(reason);
    assertEquals(await failureOf(reading), reason);
    assertEquals(cancelled, [reason, reason]);
  });
});

Deno.test("failures are TypeErrors that say where, with the HttpError as cause", async () => {
  await withFetch(async (conn) => {
    const request = await conn.readRequest();
    if (request?.target === "/silent") return void await conn.readToEnd();
    if (request?.target === "/cut") await conn.send(headOf(20) + "0123456789");
    if (request?.target === "/long") await conn.send(answer("0123456789"));
    if (request?.target === "/slow") await conn.send(headOf(20) + "0123456789");
    if (request?.target === "/slow") return void await conn.readToEnd();
    conn.close();
  }, async (peer, client) => {
    const lost = await typeErrorOf(client.fetch(peer.url("/lost", "http", "u:secret@127.0.0.1")));
    assert(lost.message.startsWith(`Cannot fetch "${peer.url("/lost")}": Cannot read response:`));
    assertInstanceOf(lost.cause, ClosedError);
    const late = await typeErrorOf(client.fetch(peer.url("/silent"), { headTimeout: 0.05 }));
    assertInstanceOf(late.cause, TimeoutError);
    const cut = await typeErrorOf((await client.fetch(peer.url("/cut"))).text());
    assertEquals(
      cut.message,
      `Cannot read body of "${peer.url("/cut")}": ` +
        "Cannot read body: received 10 of 20 bytes",
    );
    const long = await typeErrorOf(client.fetch(peer.url("/long"), { maxBodyBytes: 5 }));
    assertInstanceOf(long.cause, LimitError);
    const slow = await client.fetch(peer.url("/slow"), { timeout: 0.05 });
    assertInstanceOf((await typeErrorOf(slow.text())).cause, TimeoutError);
  });
});

Deno.test("options of this client hold, those of the client too, where fetch has no own default", async () => {
  await withFetch(
    (conn) =>
      conn.serve(({ target }) =>
        target === "/to" ? answer("to") : answer("from", "Location: /to\r\n", "302 Found")
      ),
    async (peer, client) => {
      const seen: string[] = [];
      assertEquals((await client.fetch(peer.url("/"))).status, 302);
      // A Request says "follow" even where nobody asked for it.
      assertEquals((await client.fetch(new Request(peer.url("/")))).status, 302);
      const followed = await client.fetch(peer.url("/"), {
        redirect: "follow",
        onProgress: ({ bytes }) => void seen.push(String(bytes)),
      });
      assertEquals([followed.status, await followed.text(), seen], [200, "to", ["2"]]);
      assertEquals(fieldOf(peer.executed.at(-1)!, "x-own"), "1");
      await assertRejects(() => client.fetch(peer.url(), { timeout: -1 }), RangeError);
      const clash = { integrity: hello, bodyToFile: "x" };
      await assertRejects(() => client.fetch(peer.url(), clash), TypeError, "exclude each other");
    },
    { redirect: "manual", headers: { "X-Own": "1" } },
  );
});

Deno.test("bodyToFile leaves no body, and credentials: omit no cookies", async () => {
  const fields = "Set-Cookie: a=1\r\n";
  await withFetch((conn) => conn.serve(() => answer("hello", fields)), async (peer, client) => {
    let text = "";
    const response = await client.fetch(peer.url(), {
      bodyToFile: (piece) => void (text += new TextDecoder().decode(piece)),
    });
    assertEquals([response.status, response.body, text], [200, null, "hello"]);
    await client.fetch(peer.url());
    await client.fetch(peer.url(), { credentials: "omit" });
    assertEquals(peer.executed.map((it) => fieldOf(it, "cookie")), [undefined, "a=1", undefined]);
  }, { cookies: true });
});

Deno.test("integrity is checked before the response is given", async () => {
  const texts: Record<string, string> = {
    "/": answer("hello"),
    "/chunks": chunked("he", "llo") + "0\r\n\r\n",
    "/204": "HTTP/1.1 204 No Content\r\n\r\n",
  };
  await withFetch((conn) => conn.serve(({ target }) => texts[target]!), async (peer, client) => {
    for (const path of ["/", "/chunks"]) {
      const response = await client.fetch(peer.url(path), { integrity: hello });
      assertEquals(await response.text(), "hello");
    }
    for (const path of ["/", "/204"]) {
      const integrity = path === "/" ? hello.replace("L", "M") : hello;
      const error = await typeErrorOf(client.fetch(peer.url(path), { integrity }));
      assert(error.message.includes('option "integrity"'), error.message);
    }
  });
});

Deno.test("a body in memory is within its limit, a streamed one need not be", async () => {
  const long = "x".repeat(100_000);
  await withFetch((conn) => conn.serve(() => answer(long)), async (peer, client) => {
    assertEquals((await (await client.fetch(peer.url())).text()).length, 100_000);
    const small = { maxBodyBytes: 1000 };
    await assertRejects(() => client.fetch(peer.url(), small), TypeError, "maxBodyBytes");
    assertEquals(await piecesOf(await client.fetch(peer.url())), 100_000);
  });
});

Deno.test("a Request of more than 64 KiB is not sent again, a shorter one is", async () => {
  const to = answer("", "Location: /to\r\n", "307 Temporary Redirect");
  await withFetch(
    (conn) => conn.serve(({ target }) => target === "/" ? to : answer()),
    async (peer, client) => {
      const send = (body: string) =>
        client.fetch(new Request(peer.url("/"), { method: "PUT", body }));
      assertEquals((await send("x".repeat(65536))).status, 200);
      await assertRejects(() => send("x".repeat(65537)), TypeError, "sent again");
      assertEquals(peer.executed.map(({ target, body }) => [target, body.length]), [
        ...[["/", 65536], ["/to", 65536], ["/", 65537]],
      ]);
    },
  );
});

Deno.test("Proxy-Authorization is refused before anything is sent", async () => {
  await withFetch((conn) => conn.serve(() => answer()), async (peer, client) => {
    const headers = { "Proxy-Authorization": "Basic YTpi" };
    await assertRejects(() => client.fetch(peer.url(), { headers }), TypeError, '"proxy"');
    assertEquals(peer.conns.length, 0);
  });
});

Deno.test("fields that nobody gave are this client's own, and there is no Accept-Language", async () => {
  await withFetch((conn) => conn.serve(() => answer()), async (peer, client) => {
    await client.fetch(peer.url());
    const { fields } = peer.executed[0]!;
    assertEquals(fields.map(([name]) => name), ["Host", "User-Agent", "Accept", "Accept-Encoding"]);
    assertEquals(fieldOf(peer.executed[0]!, "user-agent"), USER_AGENT);
    assertEquals(fieldOf(peer.executed[0]!, "accept-encoding"), "gzip, br, zstd, deflate");
  });
});

Deno.test("1,000 fetches that are aborted at any point leave nothing behind", async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (event: PromiseRejectionEvent) => unhandled.push(event.reason);
  addEventListener("unhandledrejection", onUnhandled);
  /** How many descriptors are open when all connections have ended. */
  const quietly = async (peer: Peer, client: Client): Promise<number> => {
    await until("no request is under way", () => client.stats().active === 0);
    for (const conn of peer.conns) conn.close();
    await until("no connection is left", () => client.stats().connections === 0);
    return countDescriptors();
  };
  let before = 0;
  await withFetch(async (conn) => {
    while (!conn.ended) {
      const head = await conn.readHead().catch(() => "");
      if (/^POST|silent/.test(head)) {
        await conn.send("HTTP/1.1 103 Early Hints\r\n\r\n");
        break;
      }
      await conn.send(head.includes("/body") ? headOf(1e6) + "x" : chunked("abc"));
    }
    await conn.readToEnd();
  }, async (peer, client) => {
    const one = async (i: number) => {
      const controller = new AbortController();
      const { signal } = controller;
      const abort = () => controller.abort(i);
      const stream = new ReadableStream({
        async pull(it) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          it.enqueue(new Uint8Array(1000));
        },
      });
      const paths = ["/silent", "/body", "/chunks", "/up", "/body"];
      const url = peer.url(paths[i % 5]);
      const onInformational = () => void setTimeout(abort, i % 7);
      // Some of these while the runtime connects, even before it began.
      if (i % 3 === 1) onInformational();
      else if (i % 3 === 2) queueMicrotask(abort);
      const init = i % 5 === 3
        ? { method: "POST", body: stream, signal, onInformational }
        : { signal, onInformational };
      if (i % 50 === 1) abort();
      try {
        const response = await client.fetch(url, init);
        response.trailers;
        if (i % 2 === 0) await response.body!.getReader().read();
        const rest = i % 5 === 4 ? response.bodyUsed : response.text();
        abort();
        await rest;
      } catch (error) {
        assertEquals(error instanceof TypeError || error === i, true, String(error));
      }
    };
    for (let i = 0; i < 1000; i += 50) {
      // What the runtime needs for itself is there after the first.
      if (i === 50) before = await quietly(peer, client);
      await Promise.all(Array.from({ length: 50 }, (_, k) => one(i + k)));
    }
    await quietly(peer, client);
    // Sockets close a turn later than they are told to, and some may come that late.
    await until(`${before} descriptors are open`, () => {
      for (const conn of peer.conns) conn.close();
      return countDescriptors() <= before;
    });
    assertEquals(client.stats().queued, 0);
  }, { maxPerOrigin: 50 });
  removeEventListener("unhandledrejection", onUnhandled);
  assertEquals(unhandled, []);
});
