import { assertEquals, assertRejects } from "@std/assert";
import { headBytes, headFault, readAnswer, writeAll } from "../../bench/raw_http.ts";

const HEAD = "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 7\r\n\r\n";

Deno.test("headBytes() is the length with the blank line, or undefined until that is there", () => {
  assertEquals(headBytes(HEAD + "body"), HEAD.length);
  for (let i = 0; i < HEAD.length; i++) assertEquals(headBytes(HEAD.slice(0, i)), undefined);
});

Deno.test("headFault() takes status 200 with the right length and nothing else", () => {
  assertEquals(headFault(HEAD, 7), undefined);
  assertEquals(headFault(HEAD.replace("Content-Length: ", "content-length:"), 7), undefined);
  assertEquals(headFault(HEAD, undefined), undefined);
  assertEquals(headFault(HEAD, 8), "Content-Length is not 8");
  assertEquals(headFault("HTTP/1.1 200 OK\r\n\r\n", undefined), "no Content-Length");
  assertEquals(headFault(HEAD.replace("Content-Length", "X-Length"), 7), "Content-Length is not 7");
  assertEquals(
    headFault("HTTP/1.1 404 Not Found\r\n\r\n", 7),
    'status line "HTTP/1.1 404 Not Found"',
  );
});

/** What comes of reading an answer that arrives in these pieces. */
async function read(pieces: string[], bodyBytes?: number) {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using conn = await listener.accept();
    for (const piece of pieces) await writeAll(conn, new TextEncoder().encode(piece));
  })();
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  let body = "";
  try {
    const buffer = new Uint8Array(20_000);
    const answer = await readAnswer(conn, buffer, bodyBytes, (piece) => {
      body += new TextDecoder().decode(piece);
    });
    return { ...answer, body };
  } finally {
    await serving;
  }
}

Deno.test("readAnswer() tells the length of an answer and shows its body", async () => {
  const whole = { bytes: HEAD.length + 7, bodyBytes: 7, body: "1234567" };
  assertEquals(await read([`${HEAD}1234567`], 7), whole);
  assertEquals(await read([...`${HEAD}1234567`]), whole);
});

Deno.test("readAnswer() rejects an answer that is cut, too long, wrong, or has no end of its head", async () => {
  const cases: [text: string, says: string][] = [
    ["HTTP/1.1 200 OK\r\n", "the server closed the connection early"],
    [`${HEAD}123`, "the server closed the connection early"],
    [`${HEAD}12345678`, "8 of 7 bytes"],
    [HEAD.replace("7", "6"), "Content-Length is not 7"],
    ["x".repeat(17_000), "no end of the head"],
  ];
  for (const [text, says] of cases) await assertRejects(() => read([text], 7), Error, says);
});

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

Deno.test("readAnswer() reads chunks, however they arrive", async () => {
  const text = `${CHUNKED}3\r\n123\r\n4\r\n4567\r\n0\r\n\r\n`;
  const whole = { bytes: text.length, bodyBytes: 7, body: "1234567" };
  assertEquals(await read([text], 7), whole);
  assertEquals(await read([...text]), whole);
});

Deno.test("readAnswer() rejects chunks that end early, go on, or are not as many bytes as expected", async () => {
  await assertRejects(() => read([`${CHUNKED}3\r\n12`]), Error, "closed the connection early");
  await assertRejects(() => read([`${CHUNKED}0\r\n\r\nx`]), Error, "bytes behind the last chunk");
  await assertRejects(() => read([`${CHUNKED}1\r\n1\r\n0\r\n\r\n`], 7), Error, "1 of 7 bytes");
});
