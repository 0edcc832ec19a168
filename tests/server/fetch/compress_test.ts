import { assertEquals } from "@std/assert";
import {
  chooseCoding,
  compressBody,
  fieldsWithCoding,
  isCompressible,
  type MadeCoding,
} from "../../../server/fetch/compress.ts";

const TEXT = "x".repeat(1000);

/** What is to be done with a response, and the fields that it has then. */
function decide(
  acceptEncoding: string | null,
  status: number,
  fields: Record<string, string>,
  length: number | undefined,
): { coding?: MadeCoding; fields: Record<string, string> } {
  const headers = new Headers(fields);
  if (!isCompressible(status, headers, length)) return { fields: Object.fromEntries(headers) };
  const coding = chooseCoding(acceptEncoding);
  return { coding, fields: Object.fromEntries(fieldsWithCoding(headers, coding)) };
}

Deno.test("chooseCoding() takes what the client likes best, and br of equal ones", () => {
  const cases: [field: string | null, coding: MadeCoding | undefined][] = [
    [null, undefined],
    ["", undefined],
    [" ", undefined],
    ["gzip", "gzip"],
    ["br", "br"],
    ["gzip, br", "br"],
    ["gzip, deflate, br, zstd", "br"],
    ["br;q=0.4, gzip;q=0.5", "gzip"],
    ["gzip;q=0.5", "gzip"],
    ["gzip;q=0", undefined],
    ["gzip;q=0, br;q=0", undefined],
    ["br;q=0, gzip", "gzip"],
    ["*;q=0", undefined],
    ["identity, gzip;q=0.1", undefined],
    ["identity;q=0, gzip;q=0.1", "gzip"],
    ["identity", undefined],
    ["deflate, zstd", undefined],
    ["GZIP", "gzip"],
    ["gzip;Q=0", undefined],
    ["BR;q=1.0", "br"],
    ["x-br", undefined],
    ["gzip\u00e9", undefined],
    ["gzip, " + "a, ".repeat(500), undefined],
  ];
  for (const [field, coding] of cases) assertEquals(chooseCoding(field), coding, String(field));
});

Deno.test("isCompressible() goes by type, status, length and what else the fields say", () => {
  const type = (value: string): Record<string, string> => ({ "content-type": value });
  const good = ["text/plain", "text/html; charset=utf-8", "TEXT/CSS", "application/json"]
    .concat(["application/ld+json", "image/svg+xml", "application/wasm", "font/ttf", "image/bmp"])
    .concat(["application/x-ndjson", "text/javascript;charset=utf-8", "application/xml ; a=b"]);
  const bad = ["", "image/png", "application/octet-stream", "text/event-stream", "font/woff2"]
    .concat(["text/event-stream; charset=utf-8", "application/zip", "application/pdf", "video/mp4"])
    .concat(["xtext/plain", "application/jsonx", "application/gzip; a=+json", "text"]);
  for (const value of [...good, ...bad]) {
    const expected = good.includes(value);
    assertEquals(isCompressible(200, new Headers(type(value)), 1000), expected, value);
  }
  const cases: [status: number, fields: Record<string, string>, length?: number, is?: boolean][] = [
    [200, {}, 64, true],
    [200, {}, 63],
    [200, {}, undefined, true],
    [200, { "content-length": "64" }, undefined, true],
    [200, { "content-length": "63" }, undefined],
    [200, {}, 0],
    [404, {}, 1000, true],
    [500, {}, 1000, true],
    [201, {}, 1000, true],
    [101, {}],
    [204, {}],
    [205, {}],
    [206, {}, 1000],
    [304, {}],
    [200, { "content-range": "bytes 0-9/10" }, 1000],
    [200, { "content-encoding": "identity" }, 1000],
    [200, { "content-encoding": "zstd" }, 1000],
    [200, { "cache-control": "public, No-Transform" }, 1000],
    [200, { "cache-control": "public, max-age=5" }, 1000, true],
    [200, { "cache-control": 'private="no-transform-x"' }, 1000, true],
  ];
  for (const [status, fields, length, is = false] of cases) {
    const headers = new Headers({ ...type("text/plain"), ...fields });
    assertEquals(isCompressible(status, headers, length), is, JSON.stringify([status, fields]));
  }
});

Deno.test("fieldsWithCoding() says what varies, weakens the tag, and drops what is no longer true", () => {
  const cases: [before: Record<string, string>, after: Record<string, string>][] = [
    [{}, { vary: "Accept-Encoding" }],
    [{ vary: "Origin" }, { vary: "Origin, Accept-Encoding" }],
    [{ vary: "Origin, accept-encoding" }, { vary: "Origin, accept-encoding" }],
    [{ vary: "*" }, { vary: "*" }],
    [{ etag: '"a"' }, { etag: 'W/"a"', vary: "Accept-Encoding" }],
    [{ etag: 'W/"a"' }, { etag: 'W/"a"', vary: "Accept-Encoding" }],
    [{ "content-length": "9", "accept-ranges": "bytes", "repr-digest": "x" }, {
      vary: "Accept-Encoding",
    }],
  ];
  for (const [before, after] of cases) {
    const headers = new Headers(before);
    const found = Object.fromEntries(fieldsWithCoding(headers, "gzip"));
    assertEquals(found, { ...after, "content-encoding": "gzip" });
    assertEquals(Object.fromEntries(headers), before, "what was given is left alone");
  }
  const plain = fieldsWithCoding(new Headers({ etag: '"a"', "content-length": "9" }), undefined);
  assertEquals(Object.fromEntries(plain), {
    etag: '"a"',
    "content-length": "9",
    vary: "Accept-Encoding",
  });
  const cookies = new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"]]);
  assertEquals(fieldsWithCoding(cookies, "br").getSetCookie(), ["a=1", "b=2"]);
});

Deno.test("compressBody() makes what every client can unpack, and passes on at once what arrives", async () => {
  for (const [coding, format] of [["gzip", "gzip"], ["br", "brotli"]] as const) {
    const whole = compressBody(new Blob([TEXT]).stream(), coding);
    const unpacked = whole.pipeThrough(new DecompressionStream(format));
    assertEquals(await new Response(unpacked).text(), TEXT);

    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
    const writer = writable.getWriter();
    const reader = compressBody(readable, coding)
      .pipeThrough(new DecompressionStream(format))
      .pipeThrough(new TextDecoderStream()).getReader();
    for (const piece of ["one ", "two ", "three "]) {
      // The next is only written when this one has come through.
      writer.write(new TextEncoder().encode(piece));
      assertEquals((await reader.read()).value, piece);
    }
    await writer.close();
    assertEquals((await reader.read()).done, true);
  }
});

Deno.test("compressBody() cancels its source, and fails with it", async () => {
  let reason: unknown;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode(TEXT)),
    cancel: (why) => {
      reason = why;
    },
  });
  const reader = compressBody(source, "gzip").getReader();
  await reader.read();
  await reader.cancel("enough");
  assertEquals(reason, "enough");

  const failing = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.error(new Error("on purpose")),
  });
  const failure = await new Response(compressBody(failing, "br")).text().catch(({ message }) =>
    message
  );
  assertEquals(failure, "on purpose");
});

/** Where the runtime decides otherwise, and why this is right. */
const DIFFERENCES: Record<string, string> = {
  "no gzip": "a cache must know that another client gets it compressed",
  "ranges": "ranges of the compressed content cannot be asked for",
  "206 without range": "a 206 is a part of what was asked for",
  "no-transform": "directives are compared without regard to case (RFC 9111 5.2)",
  "any": "`*` stands for every coding (RFC 9110 12.5.3)",
  "upper": "codings are compared without regard to case (RFC 9110 8.4.1)",
  "vary on all": "`*` says it all",
  "vary": "it is added behind those that are there",
};

Deno.test("the decision is that of Deno.serve with automaticCompression, but for what is listed", async () => {
  const text = { "content-type": "text/plain" };
  const rows: Record<
    string,
    [accept: string | null, fields: Record<string, string>, status?: number, size?: number]
  > = {
    "plain": ["gzip", text],
    "both": ["gzip, br", text],
    "weights": ["gzip;q=0.5, br;q=0.4", text],
    "refused": ["gzip;q=0", { ...text, vary: "Accept-Encoding" }],
    "short": ["gzip", text, 200, 63],
    "just": ["gzip", text, 200, 64],
    "html": ["br", { "content-type": "text/html; charset=utf-8" }],
    "json": ["gzip", { "content-type": "application/json" }],
    "svg": ["gzip", { "content-type": "image/svg+xml" }],
    "png": ["gzip", { "content-type": "image/png" }],
    "bytes": ["gzip", { "content-type": "application/octet-stream" }],
    "events": ["gzip", { "content-type": "text/event-stream" }],
    "encoded": ["gzip", { ...text, "content-encoding": "identity" }],
    "range": ["gzip", { ...text, "content-range": "bytes 0-999/2000" }, 206],
    "206 without range": ["gzip", text, 206],
    "error": ["gzip", text, 404],
    "no-transform": ["gzip", { ...text, "cache-control": "No-Transform" }],
    "cached": ["gzip", { ...text, "cache-control": "max-age=5" }],
    "etag": ["gzip", { ...text, etag: '"a"' }],
    "weak etag": ["gzip", { ...text, etag: 'W/"a"' }],
    "vary": ["gzip", { ...text, vary: "Origin" }],
    "vary on all": ["gzip", { ...text, vary: "*" }],
    "ranges": ["gzip", { ...text, "accept-ranges": "bytes" }],
    "no gzip": [null, text],
    "any": ["*", text],
    "upper": ["GZIP", text],
  };
  const options = { hostname: "127.0.0.1", port: 0, onListen() {}, automaticCompression: true };
  await using server = Deno.serve(options, (request) => {
    const name = decodeURIComponent(new URL(request.url).pathname.slice(1));
    const [, headers, status, size] = rows[name]!;
    return new Response(TEXT.slice(0, size), { headers, status });
  });
  const differing: string[] = [];
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  for (const [name, [accept, fields, status = 200, size = 1000]] of Object.entries(rows)) {
    const response = await fetch(
      `http://127.0.0.1:${server.addr.port}/${encodeURIComponent(name)}`,
      {
        client,
        // fetch() itself unpacks, and forgets the field: so it is asked for the head only.
        method: "HEAD",
        headers: { "accept-encoding": accept ?? "identity" },
      },
    );
    const found = Object.fromEntries(response.headers);
    for (const own of ["date", "connection", "content-length"]) delete found[own];
    const expected = decide(accept, status, fields, size).fields;
    delete expected["content-length"];
    if (JSON.stringify(sorted(found)) !== JSON.stringify(sorted(expected))) differing.push(name);
  }
  assertEquals(differing.sort(), Object.keys(DIFFERENCES).sort());
});

function sorted(fields: Record<string, string>): [string, string][] {
  return Object.entries(fields).sort();
}
