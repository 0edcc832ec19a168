import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BodyReader } from "../../wire/body_reader.ts";
import {
  BodyWriter,
  checkTrailers,
  encodeText,
  flawOfTrailer,
  type OutgoingKind,
  shortAsciiOrBytes,
} from "../../wire/body_writer.ts";
import { ConnReader } from "../../wire/conn_reader.ts";
import { ConnWriter } from "../../wire/conn_writer.ts";
import type { RawHeader } from "../../wire/headers.ts";
import { bytesOf, FakeSink, FakeSource, textOf } from "./fakes.ts";

/** What a body looks like on the wire. */
async function written(
  kind: OutgoingKind,
  length: number,
  make: (body: BodyWriter) => void,
): Promise<string> {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  make(new BodyWriter(writer, kind, length));
  await writer.flush();
  writer.release();
  return sink.text;
}

Deno.test("a body is written as its kind says", async () => {
  const cases: [OutgoingKind, number, string][] = [
    ["length", 8, "helloabc"],
    ["close", 0, "helloabc"],
    ["chunked", 0, "5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n"],
    ["none", 0, ""],
  ];
  for (const [kind, length, expected] of cases) {
    const text = await written(kind, length, (body) => {
      body.put("hello");
      body.put(bytesOf("abc"));
      assertEquals(body.sent, 8);
      body.end();
    });
    assertEquals(text, expected, kind);
  }
});

Deno.test("an empty piece is not written, since an empty chunk would end the body", async () => {
  const text = await written("chunked", 0, (body) => {
    body.put("");
    body.put(new Uint8Array(0));
    body.put("a");
    body.put("");
    body.end();
  });
  assertEquals(text, "1\r\na\r\n0\r\n\r\n");
});

Deno.test("text is counted and written in UTF-8", async () => {
  const text = await written("chunked", 0, (body) => {
    body.put("ä€");
    body.put("😀");
    assertEquals(body.sent, 9);
    body.end();
  });
  assertEquals(text, "5\r\n\xc3\xa4\xe2\x82\xac\r\n4\r\n\xf0\x9f\x98\x80\r\n0\r\n\r\n");
});

Deno.test("long text is written whole", async () => {
  for (const character of ["a", "ä", "€"]) {
    for (const length of [256, 257, 21845, 21846, 100_000]) {
      const string = character.repeat(length);
      const expected = textOf(new TextEncoder().encode(string));
      assert(await written("length", expected.length, (body) => body.put(string)) === expected);
    }
  }
});

Deno.test("a chunk's size is hexadecimal", async () => {
  for (const [length, size] of [[9, "9"], [10, "a"], [255, "ff"], [4096, "1000"]] as const) {
    const text = await written("chunked", 0, (body) => body.put("x".repeat(length)));
    assert(text.startsWith(`${size}\r\nx`), size);
  }
});

Deno.test("a body never gets longer than was announced", async () => {
  const text = await written("length", 8, (body) => {
    body.put("hello");
    assertEquals([body.left, body.complete], [3, false]);
    const error = assertThrows(() => body.put("abcd"), RangeError);
    assertEquals(error.message, "Cannot send body: 9 bytes are more than Content-Length 8");
    assertThrows(() => body.put(bytesOf("abcd")), RangeError);
    assertThrows(() => body.put("€€"), RangeError);
    assertThrows(() => body.claim(4), RangeError);
    assertEquals([body.sent, body.left], [5, 3]);
    body.put("abc");
    assertEquals([body.left, body.complete], [0, true]);
    assertThrows(() => body.put("x"), RangeError);
    body.put("");
    body.end();
  });
  assertEquals(text, "helloabc");
});

Deno.test("bodies of other kinds have no end and are always complete", () => {
  const writer = new ConnWriter(new FakeSink(), 1000);
  for (const kind of ["none", "chunked", "close"] as const) {
    const body = new BodyWriter(writer, kind, 0);
    assertEquals([body.left, body.complete], [Infinity, true]);
    body.put("hello");
    body.claim(10);
    assertEquals([body.sent, body.complete], [15, true]);
  }
  writer.release();
});

Deno.test("trailers follow the last chunk", async () => {
  const trailers: RawHeader[] = [["A", "b"], ["C", "\xff"]];
  const text = await written("chunked", 0, (body) => {
    body.put("x");
    body.end(trailers);
  });
  assertEquals(text, "1\r\nx\r\n0\r\nA: b\r\nC: \xff\r\n\r\n");
  for (const kind of ["none", "close", "length"] as const) {
    assertEquals(await written(kind, 0, (body) => body.end(trailers)), "", kind);
  }
});

Deno.test("shortAsciiOrBytes() leaves short ASCII as it is and encodes all other text", () => {
  const short = "a".repeat(256);
  assertStrictEquals(shortAsciiOrBytes(short), short);
  assertStrictEquals(shortAsciiOrBytes(""), "");
  for (const text of ["ä", "€".repeat(2048), `${short}a`, "a".repeat(100_000), "\ud800"]) {
    const bytes = shortAsciiOrBytes(text);
    assert(bytes instanceof Uint8Array);
    assertEquals(textOf(bytes), textOf(new TextEncoder().encode(text)));
  }
});

Deno.test("encodeText() encodes whole texts of all lengths", () => {
  for (const length of [0, 1, 21844, 21845, 21846, 70_000]) {
    for (const character of ["a", "€"]) {
      const text = character.repeat(length);
      const bytes = encodeText(text);
      assertEquals(bytes.length, new TextEncoder().encode(text).length);
      assert(new TextDecoder().decode(bytes) === text);
    }
  }
});

Deno.test("checkTrailers() gives fields that may be sent as trailers", () => {
  assertEquals(checkTrailers({}), []);
  assertEquals(checkTrailers({ "X-Sum": "a b", "server-timing": "\xff", Empty: "" }), [
    ["X-Sum", "a b"],
    ["server-timing", "\xff"],
    ["Empty", ""],
  ]);
});

Deno.test("checkTrailers() refuses what frames, routes or describes the message", () => {
  const names = [
    "Content-Length",
    "transfer-encoding",
    "HOST",
    "Connection",
    "Trailer",
    "Set-Cookie",
  ];
  names.push("Authorization", "Content-Type", "Content-Encoding", "Content-Range", "Cache-Control");
  names.push("", "a b", "a:", "ä", "a\r\nb", "a\n");
  for (const name of names) {
    assertThrows(() => checkTrailers({ [name]: "x" }), TypeError, "Cannot send trailer", name);
  }
  for (const value of ["a\r\nb", "a\n", "\0", " a", "a ", "€", "a\rb"]) {
    assertThrows(() => checkTrailers({ "X-Sum": value }), TypeError, "not a field value");
  }
});

Deno.test("flawOfTrailer() says what checkTrailers() would refuse, whatever the value is", () => {
  assertEquals(flawOfTrailer("X-Sum", "a"), undefined);
  assertEquals(flawOfTrailer("Host", "a"), "is not a field name allowed in trailers");
  for (const value of [5, 5n, undefined, Symbol("a"), "a\r\nb"]) {
    assertEquals(flawOfTrailer("X-Sum", value)?.endsWith("is not a field value"), true);
  }
});

Deno.test("what BodyWriter writes, BodyReader reads back", async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: "binary", maxLength: 100 }),
    fc.nat(70_000).map((length) => new Uint8Array(length).fill(0x61)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<OutgoingKind>("chunked", "length", "close"),
      fc.array(piece, { maxLength: 6 }),
      fc.integer({ min: 1, max: 70_000 }),
      fc.constantFrom(1, 100, Infinity),
      async (kind, pieces, arrival, max) => {
        const bytes = pieces.map((it) =>
          typeof it === "string" ? new TextEncoder().encode(it) : it
        );
        const content = bytes.map(textOf).join("");
        const wire = await written(kind, content.length, (body) => {
          for (const it of pieces) body.put(it);
          assertEquals([body.sent, body.complete], [content.length, true]);
          body.end([["A", "b"]]);
        });
        const next = kind === "close" ? "" : "next";
        const arrivals: (string | null)[] = [];
        const step = wire.length > 5000 ? Math.max(arrival, 1000) : arrival;
        for (let at = 0; at < wire.length; at += step) arrivals.push(wire.slice(at, at + step));
        const source = new FakeSource(...arrivals, ...(next ? [next] : []), null);
        const reader = new ConnReader(source, () => {});
        const limits = {
          maxBodyBytes: Infinity,
          maxChunkLineBytes: 8,
          maxTrailerBytes: 10,
          maxFields: 1,
        };
        const body = new BodyReader(reader, kind, content.length, limits);
        let text = "";
        if (content.length < 2000 || max > 1) {
          while (true) {
            const taken = await body.take(max, 1000);
            if (taken.length === 0 && (body.done || kind === "length")) break;
            text += textOf(taken);
            if (body.done) break;
          }
        } else text = textOf(await body.readAll(Infinity, 1000));
        assert(text === content, "another body was read than was written");
        assertEquals(body.trailers?.text, kind === "chunked" ? "A: b\r\n\r\n" : undefined);
        while (await reader.fill());
        assertEquals(textOf(reader.bytes.subarray(reader.start, reader.end)), next);
        reader.release();
      },
    ),
    { numRuns: 100 },
  );
});
