// The limits on bodies at N, which is accepted, and at N + 1, which is refused with the documented
// status.

import { assertEquals } from "@std/assert";
import { LimitError } from "../../server/mod.ts";
import { assertOwnAnswer, TestServer, valueOf } from "../conformance/support.ts";
import { ask, chunks, post } from "./one_exchange.ts";

for (const size of [0, 1, 100, 100_000]) {
  Deno.test(`maxBodyBytes ${size} accepts a declared length of that and refuses one more at once`, async () => {
    const options = { maxBodyBytes: size };
    const body = "x".repeat(size);
    const good = await ask(post(`Content-Length: ${size}\r\n`, body), options);
    assertEquals([good.response.status, good.response.body], [200, `POST / ${body}`]);
    // Not a byte of the body is sent: the answer cannot wait for it.
    const { response, seen } = await ask(post(`Content-Length: ${size + 1}\r\n`, ""), options);
    assertOwnAnswer(response, 413);
    assertEquals(seen, []);
  });

  Deno.test(`maxBodyBytes ${size} accepts a chunked body of that length and refuses one more byte`, async () => {
    const options = { maxBodyBytes: size };
    const body = "x".repeat(size);
    const pieces = size > 1 ? [body.slice(0, 1), body.slice(1)] : size === 1 ? [body] : [];
    const good = await ask(chunks(...pieces), options);
    assertEquals([good.response.status, good.response.body], [200, `POST / ${body}`]);
    const { response, errors } = await ask(chunks(...pieces, "y"), options);
    assertEquals(response.status, 413);
    assertEquals(valueOf(response, "connection"), "close");
    assertLimit(errors, "maxBodyBytes", size);
  });
}

function assertLimit(errors: unknown[], limit: string, max: number): void {
  assertEquals(errors.length, 1);
  const [error] = errors;
  if (!(error instanceof LimitError)) throw new Error(`Not a LimitError: ${error}`);
  assertEquals([error.limit, error.max], [limit, max]);
}

Deno.test("A piecewise read of a chunked body never gets more than maxBodyBytes", async () => {
  let total = 0;
  const { response } = await ask(
    chunks("x".repeat(90), "y".repeat(20)),
    { maxBodyBytes: 100 },
    async (con) => {
      while (true) {
        const piece = await con.readBody(7);
        if (piece.length === 0) break;
        total += piece.length;
      }
    },
  );
  assertEquals(response.status, 413);
  assertEquals(total <= 100, true);
});

for (const size of [0, 1, 100, 100_000]) {
  Deno.test(`maxBufferedBody ${size} is the most that readBody() collects`, async () => {
    const options = { maxBufferedBody: size };
    const body = "x".repeat(size);
    for (
      const make of [(text: string) => post(`Content-Length: ${text.length}\r\n`, text), chunks]
    ) {
      if (size > 0) assertEquals((await ask(make(body), options)).response.body, `POST / ${body}`);
      const { response, errors } = await ask(make(body + "y"), options);
      assertEquals(response.status, 413);
      assertLimit(errors, "maxBufferedBody", size);
    }
  });
}

Deno.test("maxBufferedBody does not limit a body that is read piece by piece", async () => {
  for (const make of [(text: string) => post(`Content-Length: ${text.length}\r\n`, text), chunks]) {
    const { response } = await ask(make("x".repeat(1000)), { maxBufferedBody: 10 }, async (con) => {
      let total = 0;
      for (let piece; (piece = await con.readBody(300)).length > 0;) total += piece.length;
      con.send(`${total} bytes`);
    });
    assertEquals([response.status, response.body], [200, "1000 bytes"]);
  }
});

Deno.test("maxBufferedBody is 16 MiB by default", async () => {
  const { response, errors } = await ask(
    post(`Content-Length: ${16 * 1024 * 1024 + 1}\r\n`, ""),
    {},
  );
  assertEquals(response.status, 413);
  assertLimit(errors, "maxBufferedBody", 16 * 1024 * 1024);
  const size = 16 * 1024 * 1024;
  await using test = new TestServer(async (con) => con.send(`${(await con.readBody()).length}`));
  using client = await test.connect();
  await client.send(post(`Content-Length: ${size}\r\n`, ""));
  await client.send(new Uint8Array(size));
  assertEquals((await client.read()).body, String(size));
});

for (const size of [10, 4096]) {
  Deno.test(`maxChunkLineBytes ${size} accepts a line of that size and refuses one more byte with 400`, async () => {
    const options = size === 4096 ? {} : { maxChunkLineBytes: size };
    const body = (line: number): string =>
      post("Transfer-Encoding: chunked\r\n", `1;${"e".repeat(line - 2)}\r\nx\r\n0\r\n\r\n`);
    const good = await ask(body(size), options);
    assertEquals([good.response.status, good.response.body], [200, "POST / x"]);
    const { response, errors } = await ask(body(size + 1), options);
    assertEquals(response.status, 400);
    assertEquals(valueOf(response, "connection"), "close");
    assertLimit(errors, "maxChunkLineBytes", size);
  });

  Deno.test(`maxChunkLineBytes ${size} bounds a size that never ends`, async () => {
    const options = size === 4096 ? {} : { maxChunkLineBytes: size };
    const bytes = post("Transfer-Encoding: chunked\r\n", "0".repeat(size + 10));
    const { response, errors } = await ask(bytes, options);
    assertEquals(response.status, 400);
    assertLimit(errors, "maxChunkLineBytes", size);
  });
}

Deno.test("The extensions of all chunks together are bounded, too", async () => {
  const chunk = "1;eeeeeeee\r\nx\r\n";
  const bytes = (count: number): string =>
    post("Transfer-Encoding: chunked\r\n", `${chunk.repeat(count)}0\r\n\r\n`);
  // 9 bytes of extension a chunk, and four lines' worth of 18 bytes: 8 chunks.
  const options = { maxChunkLineBytes: 18 };
  assertEquals((await ask(bytes(8), options)).response.status, 200);
  const { response, errors } = await ask(bytes(9), options);
  assertEquals(response.status, 400);
  assertLimit(errors, "maxChunkLineBytes", 18);
});

for (const size of [10, 16384]) {
  Deno.test(`maxTrailerBytes ${size} accepts trailers of that size and refuses one more byte with 400`, async () => {
    const options = size === 16384 ? {} : { maxTrailerBytes: size };
    // The section is its lines with their ends, without the empty line behind them.
    const body = (section: number): string =>
      post(
        "Transfer-Encoding: chunked\r\n",
        `1\r\nx\r\n0\r\nT: ${"t".repeat(section - 5)}\r\n\r\n`,
      );
    const good = await ask(body(size), options);
    assertEquals([good.response.status, good.response.body], [200, "POST / x"]);
    const { response, errors } = await ask(body(size + 1), options);
    assertEquals(response.status, 400);
    assertEquals(valueOf(response, "connection"), "close");
    assertLimit(errors, "maxTrailerBytes", size);
  });
}

Deno.test("Trailers that never end are refused as soon as they are over maxTrailerBytes", async () => {
  const bytes = post("Transfer-Encoding: chunked\r\n", `0\r\n${"T: t\r\n".repeat(100)}`);
  const { response, errors } = await ask(bytes, { maxTrailerBytes: 100 });
  assertEquals(response.status, 400);
  assertLimit(errors, "maxTrailerBytes", 100);
});

Deno.test("maxFields bounds trailers, with 400", async () => {
  const bytes = (count: number): string =>
    post("Transfer-Encoding: chunked\r\n", `0\r\n${"T: t\r\n".repeat(count)}\r\n`);
  assertEquals((await ask(bytes(3), { maxFields: 3 })).response.status, 200);
  const { response, errors } = await ask(bytes(4), { maxFields: 3 });
  assertEquals(response.status, 400);
  assertLimit(errors, "maxFields", 3);
});
