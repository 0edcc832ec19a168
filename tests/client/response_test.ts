import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ClientResponse, type ResponseState } from "../../client/response.ts";
import { FieldSection } from "../../wire/field_section.ts";
import { bytesOf } from "../wire/fakes.ts";

function response(
  fields: string[],
  body?: Uint8Array<ArrayBuffer>,
  more: Partial<ResponseState> = {},
) {
  const section = (lines: string[]) => new FieldSection(lines.map((it) => `${it}\r\n`).join(""));
  const state: ResponseState = {
    code: 200,
    status: "Fine",
    minorVersion: 1,
    url: "http://a.test/",
    fields: section(fields),
    redirects: ["http://b.test/"],
    connection: {
      id: 7,
      reused: true,
      remoteAddr: { transport: "tcp", hostname: "192.0.2.7", port: 80 },
      localAddr: { transport: "tcp", hostname: "192.0.2.1", port: 5000 },
    },
    body,
    trailers: undefined,
    timings: { dns: 0, connect: 1, tls: 2, firstByte: 3, total: 4 },
    ...more,
  };
  return new ClientResponse(state);
}

Deno.test("a response tells status, URL, body, connection, timings and redirects as they came", () => {
  const body = bytesOf("abc");
  const it = response([], body);
  assertEquals([it.code, it.status, it.minorVersion, it.url], [200, "Fine", 1, "http://a.test/"]);
  assertStrictEquals(it.body, body);
  assertEquals([it.connection.id, it.connection.reused, it.timings.total], [7, true, 4]);
  assertEquals(it.redirects, ["http://b.test/"]);
});

Deno.test("headers joins repeats, and rawHeaders has them in order and case", () => {
  const it = response([
    "X-A: 1",
    "Set-Cookie: a=1",
    "x-a:  2 ",
    "set-cookie: b=2, c",
    "__proto__: x",
  ]);
  assertEquals({ ...it.headers }, {
    "x-a": "1, 2",
    "set-cookie": "a=1, b=2, c",
    ["__proto__"]: "x",
  });
  assertEquals(it.headers["tostring"] ?? it.headers["toString"], undefined);
  assertEquals(it.rawHeaders, [
    ...[["X-A", "1"], ["Set-Cookie", "a=1"], ["x-a", "2"], ["set-cookie", "b=2, c"]],
    ["__proto__", "x"],
  ] as [string, string][]);
  assertStrictEquals(it.headers, it.headers);
});

Deno.test("setCookies has one string for each Set-Cookie", () => {
  assertEquals(response(["Set-Cookie: a=1", "X-A: b", "set-cookie: b=2, c"]).setCookies, [
    ...["a=1", "b=2, c"],
  ]);
  assertEquals(response(["Cookie: a=1"]).setCookies, []);
});

Deno.test("trailers are a record, empty where there are none", () => {
  assertEquals(Object.keys(response([]).trailers), []);
  const trailers = new FieldSection("X-Sum: 1\r\nx-sum: 2\r\n");
  assertEquals({ ...response([], undefined, { trailers }).trailers }, { "x-sum": "1, 2" });
});

Deno.test("text() decodes by the charset of Content-Type, and as UTF-8 where that says nothing", () => {
  const text = (type: string | undefined, ...bytes: number[]) =>
    response(type === undefined ? [] : [`Content-Type: ${type}`], Uint8Array.from(bytes)).text();
  const utf8 = [0xc3, 0xa9];
  assertEquals(text(undefined, ...utf8), "\u00e9");
  assertEquals(text("text/plain", ...utf8), "\u00e9");
  assertEquals(text("text/plain; charset=nonsense", ...utf8), "\u00e9");
  assertEquals(text("text/plain; charset=iso-8859-1", 0xe9), "\u00e9");
  assertEquals(text('text/plain;x=y ; Charset = "ISO-8859-1"; z', 0xe9), "\u00e9");
  assertEquals(text("text/plain;charset=utf-16le", 0x41, 0), "A");
  assertEquals(text("text/plain;charset=utf-8", 0xef, 0xbb, 0xbf, 0x41), "A");
  assertEquals(text(undefined, 0x41, 0xff), "A\ufffd");
  assertEquals(text(undefined), "");
});

Deno.test("text() may be called again, and starts anew", () => {
  const it = response([], Uint8Array.from([0xc3]));
  assertEquals([it.text(), it.text()], ["\ufffd", "\ufffd"]);
});

Deno.test("json() reads UTF-8, whatever the charset says (RFC 8259 8.1)", () => {
  const body = new TextEncoder().encode('{"a":["\u00e9",1]}');
  assertEquals(response(["Content-Type: application/json;charset=latin1"], body).json(), {
    a: ["\u00e9", 1],
  });
  assertEquals(response([], bytesOf("\xef\xbb\xbf1")).json(), 1);
});

Deno.test("json() says which response is no JSON, and why", () => {
  for (const body of ["", "<html>", "{", '{"a":1}x']) {
    const error = assertThrows(() => response([], bytesOf(body)).json(), SyntaxError);
    assert(error.message.startsWith('Cannot read the response from "http://a.test/" as JSON: '));
    assertInstanceOf(error.cause, SyntaxError);
  }
});

Deno.test("a body that went elsewhere is not there to be read", () => {
  const it = response([]);
  assertEquals(it.body, undefined);
  assertThrows(() => it.text(), TypeError, "bodyToFile");
  assertThrows(() => it.json(), TypeError, "bodyToFile");
});

Deno.test("a response shows its parts when it is logged", () => {
  const text = Deno.inspect(response(["X-A: b"], bytesOf("abc")));
  for (const part of ["ClientResponse {", "code: 200", 'status: "Fine"', '"x-a": "b"', "id: 7"]) {
    assert(text.includes(part), `${part} in ${text}`);
  }
});
