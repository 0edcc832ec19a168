import { assertEquals, assertThrows } from "@std/assert";
import type { RequestOptions } from "../../client/options.ts";
import { type AttemptFields, prepare, type PreparedRequest } from "../../client/prepare.ts";
import { bodyWithFile } from "../../client/file_body.ts";
import { outgoingBody, type RequestBody } from "../../client/request_body.ts";
import { parseTarget } from "../../client/target.ts";
import { MultipartForm } from "../../multipart/form.ts";
import { settingsOf } from "./support/settings.ts";

interface Asked {
  method?: string;
  url?: string;
  body?: RequestBody;
  options?: RequestOptions;
  attempt?: Partial<AttemptFields>;
}

function made(
  { method = "POST", url = "http://a.test/", body, options, attempt }: Asked,
): PreparedRequest {
  const settings = settingsOf(options);
  const outgoing = body === undefined ? undefined : outgoingBody(body);
  const { headers, trailers } = settings;
  const plan = { method, target: parseTarget(url), fields: headers, body: outgoing, trailers };
  return prepare(
    plan,
    {
      absoluteForm: false,
      defaults: [],
      forced: [],
      expectContinue: false,
      close: false,
      ...attempt,
    },
    settings,
    1000,
  );
}

/** The fields after those that every request has. */
function fields(asked: Asked): string[] {
  return made(asked).head.split("\r\n").slice(4, -2);
}

async function* stream(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new Uint8Array(3));
}

Deno.test("a body of known length is announced with it, and one of unknown length is chunked", () => {
  assertEquals(fields({ body: new Uint8Array(3) }), ["Content-Length: 3"]);
  assertEquals(made({ body: new Uint8Array(3) }).length, 3);
  assertEquals(fields({ body: stream() }), ["Transfer-Encoding: chunked"]);
  assertEquals(made({ body: stream() }).length, undefined);
  assertEquals(fields({ body: "", method: "GET" }), [
    ...["Content-Type: text/plain;charset=UTF-8", "Content-Length: 0"],
  ]);
});

Deno.test("a request without a body says so only where one is expected (RFC 9110 8.6)", () => {
  for (const method of ["POST", "PUT", "PATCH"]) {
    assertEquals(fields({ method }), ["Content-Length: 0"]);
  }
  for (const method of ["GET", "HEAD", "DELETE", "OPTIONS", "X"]) {
    assertEquals(fields({ method }), []);
  }
  const options = { headers: { "Content-Length": "0" } };
  assertEquals(fields({ method: "GET", options }), ["Content-Length: 0"]);
});

Deno.test("a Content-Length of the caller is that of the body", () => {
  const options = { headers: { "Content-Length": "3" } };
  assertEquals(fields({ body: "abc", options }).slice(1), ["Content-Length: 3"]);
  assertEquals(made({ body: stream(), options }).length, 3);
  assertThrows(
    () => made({ body: "abcd", options }),
    TypeError,
    'header "Content-Length" is 3, but the body has 4 bytes',
  );
  assertThrows(() => made({ options }), TypeError, "headers announce a body");
});

Deno.test("a Transfer-Encoding of the caller chunks what could be sent otherwise", () => {
  const options = { headers: { "Transfer-Encoding": "chunked" } };
  assertEquals(fields({ body: new Uint8Array(3), options }), ["Transfer-Encoding: chunked"]);
  assertEquals(made({ body: new Uint8Array(3), options }).length, undefined);
  assertThrows(() => made({ options }), TypeError, "headers announce a body");
  const both = { headers: { "Transfer-Encoding": "chunked", "Content-Length": "3" } };
  assertThrows(
    () => made({ body: new Uint8Array(3), options: both }),
    TypeError,
    "exclude each other",
  );
});

Deno.test("trailers are named in the head and need chunks", () => {
  const trailers = { "X-A": "1", "X-B": "2" };
  assertEquals(fields({ body: new Uint8Array(3), options: { trailers } }), [
    ...["Trailer: X-A, X-B", "Transfer-Encoding: chunked"],
  ]);
  assertThrows(
    () => made({ options: { trailers } }),
    TypeError,
    'option "trailers" is given, but no body',
  );
  const options = { trailers, headers: { "Content-Length": "3" } };
  assertThrows(
    () => made({ body: new Uint8Array(3), options }),
    TypeError,
    'option "trailers" needs chunks',
  );
});

Deno.test("the media type of the body gives way to the caller's", () => {
  assertEquals(fields({ body: new URLSearchParams("a=1") }), [
    ...["Content-Type: application/x-www-form-urlencoded;charset=UTF-8", "Content-Length: 3"],
  ]);
  const options = { headers: { "content-type": "x/y" } };
  assertEquals(fields({ body: "abc", options }), ["content-type: x/y", "Content-Length: 3"]);
});

Deno.test("decode asks for codings, unless the caller does", () => {
  const ask = (options: RequestOptions) => fields({ method: "GET", options });
  assertEquals(ask({ decode: true }), ["Accept-Encoding: gzip, br, zstd, deflate"]);
  assertEquals(ask({ decode: true, headers: { "accept-encoding": "br" } }), [
    "accept-encoding: br",
  ]);
  assertEquals(ask({}), []);
});

Deno.test("an expectation is sent with a body, and never without content (RFC 9110 10.1.1)", () => {
  const attempt = { expectContinue: true };
  const request = made({ body: new Uint8Array(3), attempt });
  assertEquals(request.expectContinue, true);
  assertEquals(fields({ body: new Uint8Array(3), attempt }).at(-1), "Expect: 100-continue");
  assertEquals(fields({ body: stream(), attempt }).at(-1), "Expect: 100-continue");
  for (const body of [undefined, new Uint8Array(0)]) {
    assertEquals(made({ body, attempt }).expectContinue, false);
    assertEquals(fields({ body, attempt }), ["Content-Length: 0"]);
  }
});

Deno.test("a connection that is to close is told so once", () => {
  const ask = (connection: string | undefined, close: boolean) => {
    const options = connection === undefined ? {} : { headers: { Connection: connection } };
    const asked = { method: "GET", options, attempt: { close } };
    return [fields(asked), made(asked).close];
  };
  assertEquals(ask(undefined, false), [[], false]);
  assertEquals(ask(undefined, true), [["Connection: close"], true]);
  assertEquals(ask("close", false), [["Connection: close"], true]);
  assertEquals(ask("close", true), [["Connection: close"], true]);
  assertEquals(ask("keep-alive", true), [["Connection: keep-alive"], true]);
});

Deno.test("fields of an attempt give way to the caller's, and fixed ones refuse them", () => {
  const attempt = { defaults: [["Cookie", "a=1"]] as [string, string][] };
  assertEquals(fields({ method: "GET", attempt }), ["Cookie: a=1"]);
  const options = { headers: { cookie: "b=2" } };
  assertEquals(fields({ method: "GET", attempt, options }), ["cookie: b=2"]);
  const forced = { forced: [["Sec-WebSocket-Key", "x"]] as [string, string][] };
  assertEquals(fields({ method: "GET", attempt: forced }), ["Sec-WebSocket-Key: x"]);
  assertThrows(
    () =>
      made({ method: "GET", attempt: forced, options: { headers: { "sec-websocket-key": "y" } } }),
    TypeError,
    'header "Sec-WebSocket-Key" is up to the client here',
  );
});

Deno.test("101 is an answer to those who ask for it", () => {
  const upgrade = { headers: { Connection: "upgrade", Upgrade: "x" } };
  assertEquals(made({ method: "GET" }).mayUpgrade, false);
  assertEquals(made({ method: "GET", options: upgrade }).mayUpgrade, true);
  assertEquals(made({ method: "GET", url: "ws://a.test/" }).mayUpgrade, true);
});

Deno.test("a head with latin1 in it is no ASCII", () => {
  assertEquals(made({ method: "GET" }).isAscii, true);
  assertEquals(made({ method: "GET", options: { headers: { "X-A": "\u00e9" } } }).isAscii, false);
});

Deno.test("the limit of the response is passed on", () => {
  assertEquals(made({}).maxBodyBytes, 1000);
});

/** What would be two more lines in a head. */
const TWO_LINES = "a/b\r\nX: 1";

/** `it`, whose property is another one than it seems. */
function forged<T extends object>(it: T, name: keyof T & string, value: unknown): T {
  return Object.defineProperty(it, name, { get: () => value });
}

Deno.test("no value of the client's own can become another line, whoever it comes from", async () => {
  const path = await Deno.makeTempFile();
  const file = forged(await bodyWithFile(path), "contentType", TWO_LINES);
  await Deno.remove(path);
  const bodies: RequestBody[] = [
    forged(new Blob(["a"]), "type", TWO_LINES),
    forged(new Blob(["a"]), "type", { toString: () => "a/b" }),
    forged(new Blob(["a"]), "type", "a/\u0100"),
    forged(new MultipartForm(), "contentType", TWO_LINES),
    file,
  ];
  for (const body of bodies) {
    assertThrows(
      () => made({ body }),
      TypeError,
      'Cannot request: value of header "Content-Type" has a control character',
    );
  }
  for (const name of ["Cookie", "Authorization"]) {
    assertThrows(
      () => made({ method: "GET", attempt: { defaults: [[name, `secret\r\nX: 1`]] } }),
      TypeError,
      `Cannot request: value of header "${name}" has a control character`,
    );
  }
  assertThrows(
    () => made({ method: "GET", attempt: { forced: [["Proxy-Authorization", "a\nb"]] } }),
    TypeError,
    'value of header "Proxy-Authorization" has a control character',
  );
});

Deno.test("a length that is no number of bytes is not announced", () => {
  for (const size of ["1\r\nX: 1", -1, 1.5, NaN, Infinity]) {
    assertThrows(
      () => made({ body: forged(new Blob(["a"]), "size", size) }),
      TypeError,
      "Cannot request: length of the body is not a number of bytes",
    );
    const options = { headers: { "Transfer-Encoding": "chunked" } };
    made({ body: forged(new Blob(["a"]), "size", size), options });
  }
});

Deno.test("a header without values leaves out what the client would send by itself", () => {
  const attempt = {
    defaults: [["Cookie", "a=1"], ["Authorization", "Basic x"]] as [string, string][],
  };
  const names = ["User-Agent", "accept", "Accept-Encoding", "CONTENT-TYPE", "Cookie"];
  const headers = Object.fromEntries([...names, "Authorization"].map((name) => [name, []]));
  const { head } = made({ body: "abc", options: { decode: true, headers }, attempt });
  assertEquals(head, "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\n");
});
