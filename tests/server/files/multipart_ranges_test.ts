import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isBoundary, randomBoundary } from "../../../multipart/boundary.ts";
import { type ByteRange, parseByteRanges } from "../../../server/files/byte_ranges.ts";
import { evaluatePreconditions } from "../../../server/files/conditional.ts";
import {
  contentRange,
  lengthOfPiece,
  multipartBody,
  multipartLength,
} from "../../../server/files/multipart_ranges.ts";
import { joinPieces } from "../../../server/files/open_file.ts";

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

Deno.test("contentRange() says which bytes of how many", () => {
  assertEquals(contentRange({ offset: 0, count: 1 }, 10), "bytes 0-0/10");
  assertEquals(contentRange({ offset: 5, count: 5 }, 10), "bytes 5-9/10");
});

Deno.test("multipartBody() is the body of RFC 9110 14.6, to the byte", () => {
  const file = encode("0123456789");
  const ranges = [{ offset: 2, count: 3 }, { offset: 9, count: 1 }];
  const body = multipartBody(ranges, 10, "text/plain", "limit");
  assertEquals(body.contentType, "multipart/byteranges; boundary=limit");
  assertEquals(
    decode(joinPieces(body.pieces, file)),
    "--limit\r\nContent-Type: text/plain\r\nContent-Range: bytes 2-4/10\r\n\r\n234\r\n" +
      "--limit\r\nContent-Type: text/plain\r\nContent-Range: bytes 9-9/10\r\n\r\n9\r\n" +
      "--limit--\r\n",
  );
  const untyped = multipartBody(ranges.slice(1), 10, undefined, "b");
  assertEquals(
    decode(joinPieces(untyped.pieces, file)),
    "--b\r\nContent-Range: bytes 9-9/10\r\n\r\n9\r\n--b--\r\n",
  );
});

Deno.test("multipartBody() takes a media type as bytes, not as UTF-8", () => {
  const { pieces } = multipartBody([{ offset: 0, count: 1 }], 1, "a/\xe9", "b");
  assertEquals((pieces[0] as Uint8Array)["--b\r\nContent-Type: a/".length], 0xe9);
});

const ranges = fc.array(
  fc.tuple(fc.nat({ max: 1e12 }), fc.integer({ min: 1, max: 1e9 }))
    .map(([offset, count]): ByteRange => ({ offset, count })),
  { minLength: 1, maxLength: 5 },
);
const type = fc.option(fc.stringMatching(/^[a-z]{1,8}\/[a-z; =]{1,30}$/), { nil: undefined });

Deno.test("multipartLength() is the length of the body, before it is made", () => {
  fc.assert(fc.property(ranges, type, fc.boolean(), (ranges, type, own) => {
    const boundary = own ? "x" : randomBoundary();
    assert(isBoundary(boundary));
    const body = multipartBody(ranges, 2e12, type, boundary);
    const length = own
      ? multipartLength(ranges, 2e12, type, boundary.length)
      : multipartLength(ranges, 2e12, type);
    assertEquals(body.contentLength, length);
    assertEquals(body.pieces.reduce((sum, it) => sum + lengthOfPiece(it), 0), length);
  }));
});

/** The parts of a body, by their Content-Range. */
function partsOf(text: string, boundary: string): [range: string, content: string][] {
  assert(text.startsWith(`--${boundary}\r\n`) && text.endsWith(`\r\n--${boundary}--\r\n`));
  const inner = text.slice(boundary.length + 4, -(boundary.length + 8));
  return inner.split(`\r\n--${boundary}\r\n`).map((part) => {
    const [head, content] = part.split(/\r\n\r\n(.*)/s) as [string, string];
    return [/^Content-Range: bytes (.+)$/m.exec(head)![1]!, content];
  });
}

Deno.test("an answer with several ranges has all bytes asked for, and is never longer than the file", () => {
  const letters = "abcdefghijklmnopqrstuvwxyz";
  const spec = fc.tuple(fc.nat({ max: 3000 }), fc.nat({ max: 900 }))
    .map(([first, more]) => `${first}-${first + more}`);
  const sets = fc.array(spec, { minLength: 2, maxLength: 6 });
  let several = 0;
  fc.assert(
    fc.property(sets, fc.integer({ min: 1, max: 3000 }), (specs, size) => {
      const text = Array.from({ length: size }, (_, at) => letters[(at * 7 + (at >> 5)) % 26])
        .join("");
      const range = `bytes=${specs}`;
      const contentType = "text/plain";
      const verdict = evaluatePreconditions(
        { method: "GET", headers: { range } },
        { size, contentType },
        0,
      );
      const asked = parseByteRanges(range, size);
      if (typeof asked === "string") return assertEquals(verdict.status, 416);
      if (verdict.status !== 206) {
        // Then the parts would have been longer than the whole.
        assert(verdict.status === 200 && multipartLength(asked, size, contentType) > size);
        return;
      }
      if (verdict.ranges.length === 1) return assertEquals(verdict.ranges, asked);
      several++;
      const boundary = randomBoundary();
      const body = joinPieces(
        multipartBody(verdict.ranges, size, contentType, boundary).pieces,
        encode(text),
      );
      assert(body.length <= size);
      const parts = partsOf(decode(body), boundary);
      assertEquals(
        parts,
        asked.map(({ offset, count }) => [
          `${offset}-${offset + count - 1}/${size}`,
          text.slice(offset, offset + count),
        ]),
      );
    }),
    { numRuns: 1000 },
  );
  assert(several > 10, "hardly any answer had several ranges");
});
