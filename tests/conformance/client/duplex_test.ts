// The answer is read while the request is sent (RFC 9112 9.5), and bodies that do not come as announced.

import { assert, assertEquals } from "@std/assert";
import type { RequestBody } from "../../../client/mod.ts";
import { answer, fieldOf, type PeerConn } from "./peer.ts";
import { ResetPeer } from "./reset_peer.ts";
import { Event, until, withClient, within, withPeer } from "./support.ts";

const EARLY =
  'RFC 9112 9.5: "A client sending a message body SHOULD monitor the network connection for an error response while it is transmitting the request"';
const PIECE = new Uint8Array(65536).fill(120);

/** A stream without end; tells how much was asked of it and whether it was given up. */
class Endless {
  pulled = 0;
  readonly cancelled: Event = new Event("the upload's source is told that it is over");
  readonly stream: ReadableStream<Uint8Array> = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      this.pulled++;
      controller.enqueue(PIECE);
    },
    cancel: () => this.cancelled.happen(),
  }, { highWaterMark: 0 });
}

const TOO_LARGE = answer("too large", "Connection: close\r\n", "413 Content Too Large");

const UPLOADS: [name: string, make: () => { body: RequestBody; source?: Endless }][] = [
  ["bytes", () => ({ body: new Uint8Array(8_000_000) })],
  ["a Blob", () => ({ body: new Blob([new Uint8Array(8_000_000)]) })],
  ["an endless stream", () => {
    const source = new Endless();
    return { body: source.stream, source };
  }],
];
const ENDINGS: [name: string, end: (conn: PeerConn) => Promise<unknown>][] = [
  // The unread bytes make this a reset, right behind the answer.
  ["closes with the body unread", (conn) => Promise.resolve(conn.close())],
  ["closes its side only", (conn) => conn.endWriting()],
  ["stops reading and leaves the connection open", () => Promise.resolve()],
];

for (const [upload, make] of UPLOADS) {
  for (const [ending, end] of ENDINGS) {
    Deno.test(`An early 413 to ${upload} from a server that ${ending} is delivered and stops the upload [${EARLY.split(":")[0]}]`, async () => {
      await withPeer(async (conn) => {
        await conn.readHead();
        await conn.readBytes(10);
        await conn.send(TOO_LARGE);
        await end(conn);
      }, async (peer, client) => {
        for (let i = 0; i < 5; i++) {
          const { body, source } = make();
          const response = await within("the 413", client.post(peer.url(), body));
          assertEquals([response.code, response.text()], [413, "too large"]);
          await source?.cancelled.wait();
          await until("its connection is closed", () => client.stats().connections === 0);
        }
        assertEquals([peer.conns.length, peer.executed.length], [5, 0]);
      });
    });
  }
}

Deno.test("An early 413 right before a reset is delivered [RFC 9112 9.6]", async () => {
  await using peer = await ResetPeer.open(async (conn) => {
    await conn.send(TOO_LARGE);
    conn.reset();
  });
  await withClient({}, async (client) => {
    for (let i = 0; i < 10; i++) {
      const source = new Endless();
      const response = await within("the 413", client.post(peer.url(), source.stream));
      assertEquals([response.code, response.text()], [413, "too large"]);
      await source.cancelled.wait();
    }
  });
});

Deno.test("An early 200 that is whole does not cut the upload short [RFC 9112 9.3]", async () => {
  const size = 5_000_000;
  let received = 0;
  await withPeer(async (conn) => {
    await conn.readHead();
    await conn.send(answer("go on"));
    received = (await conn.readBytes(size)).length;
    await conn.serve(() => answer("again"));
  }, async (peer, client) => {
    const response = await client.post(peer.url(), new Uint8Array(size));
    assertEquals([response.code, response.text()], [200, "go on"]);
    const { connection } = await client.get(peer.url());
    assertEquals([connection.reused, received], [true, size]);
  });
});

Deno.test("An early 200 is delivered when the server closes instead of reading on", async () => {
  await withPeer(async (conn) => {
    await conn.readHead();
    await conn.send(answer("heard enough"));
    conn.close();
  }, async (peer, client) => {
    const source = new Endless();
    const response = await client.post(peer.url(), source.stream);
    assertEquals([response.code, response.text()], [200, "heard enough"]);
    await source.cancelled.wait();
    assertEquals([client.stats().connections, peer.executed.length], [0, 0]);
  });
});

Deno.test("Request and response stream both ways at once", async () => {
  const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  await withPeer(async (conn) => {
    await conn.readHead();
    await conn.send(CHUNKED);
    for (const word of ["one", "two", "three"]) {
      const size = await conn.readPast("\r\n");
      assertEquals(parseInt(size, 16), word.length);
      assertEquals(await conn.readPast("\r\n"), `${word}\r\n`);
      await conn.send(`${size}${word}\r\n`);
    }
    assertEquals(await conn.readPast("\r\n\r\n"), "0\r\n\r\n");
    await conn.send("0\r\n\r\n");
    await conn.serve(() => answer("again"));
  }, async (peer, client) => {
    // Each word is sent when the echo of the one before it has come.
    const echoed = [new Event("one"), new Event("two"), new Event("three")];
    async function* words(): AsyncIterable<Uint8Array> {
      yield new TextEncoder().encode("one");
      await echoed[0]!.wait();
      yield new TextEncoder().encode("two");
      await echoed[1]!.wait();
      yield new TextEncoder().encode("three");
      await echoed[2]!.wait();
    }
    let text = "";
    const response = await within(
      "the echo",
      client.post(peer.url(), words(), {
        bodyToFile(piece) {
          text += new TextDecoder().decode(piece);
          if (text.endsWith("one")) echoed[0]!.happen();
          if (text.endsWith("two")) echoed[1]!.happen();
          if (text.endsWith("three")) echoed[2]!.happen();
        },
      }),
    );
    assertEquals([response.code, text], [200, "onetwothree"]);
    assertEquals((await client.get(peer.url())).connection.reused, true);
  });
});

const EXPECT =
  'RFC 9110 10.1.1: "A client that sends a 100-continue expectation is not required to wait for any specific length of time; such a client MAY proceed to send the content even if it has not yet received a response"';

Deno.test("expectContinue sends the body when 100 comes [RFC 9110 10.1.1]", async () => {
  await withPeer(async (conn) => {
    const head = await conn.readHead();
    assert(/\r\nExpect: 100-continue\r\n/.test(head), head);
    assertEquals(conn.received, head, "bytes before the 100");
    await conn.send("HTTP/1.1 100 Continue\r\n\r\n");
    assertEquals(await conn.readBytes(4), "body");
    await conn.send(answer());
    await conn.serve(() => answer());
  }, async (peer, client) => {
    assertEquals((await client.post(peer.url(), "body", { expectContinue: true })).code, 200);
    assertEquals(
      (await client.post(peer.url(), "x", { headers: { Connection: "close" } })).connection.reused,
      true,
    );
    assertEquals(fieldOf(peer.executed[0]!, "expect"), undefined);
  });
});

Deno.test(`expectContinue sends the body after a second of silence [${EXPECT.split(":")[0]}]`, async () => {
  // Before the client can begin to count, which may be before the peer's turn comes.
  const start = performance.now();
  await withPeer(async (conn) => {
    const head = await conn.readHead();
    assertEquals(await conn.readBytes(4), "body");
    const waitedMs = performance.now() - start;
    assert(waitedMs > 990, `the body came after ${waitedMs} ms`);
    assert(head.includes("Content-Length: 4\r\n"));
    await conn.send(answer());
  }, async (peer, client) => {
    assertEquals((await client.post(peer.url(), "body", { expectContinue: true })).code, 200);
  });
});

Deno.test("expectContinue sends no body after a final answer [RFC 9110 10.1.1]", async () => {
  for (
    const status of ["401 Unauthorized", "403 Forbidden", "302 Found", "500 Internal Server Error"]
  ) {
    await withPeer(async (conn) => {
      await conn.readHead();
      await conn.send(answer("no", "", status));
      assertEquals(await conn.readToEnd(), "", "the body was sent");
    }, async (peer, client) => {
      const source = new Endless();
      const response = await client.post(peer.url(), source.stream, { expectContinue: true });
      assertEquals([response.code, response.text(), source.pulled], [
        Number(status.slice(0, 3)),
        "no",
        0,
      ]);
      await until("the peer sees the end", () => peer.conns[0]!.ended);
    });
  }
});

Deno.test('417 is met without the expectation [RFC 9110 10.1.1: "A client that receives a 417 ... SHOULD repeat that request without a 100-continue expectation"]', async () => {
  await withPeer(async (conn) => {
    if (conn.index > 0) return await conn.serve(({ body }) => answer(body));
    await conn.readHead();
    await conn.send(answer("no", "", "417 Expectation Failed"));
    assertEquals(await conn.readToEnd(), "");
  }, async (peer, client) => {
    const response = await client.post(peer.url(), "body", { expectContinue: true });
    assertEquals([response.code, response.text()], [200, "body"]);
    assertEquals(fieldOf(peer.executed[0]!, "expect"), undefined);
    assertEquals(peer.executed.length, 1);
  });
});
