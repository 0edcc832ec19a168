import { assertEquals, assertThrows } from "@std/assert";
import { checkFields } from "../../client/fields.ts";
import { checkMethod, type HeadParts, headText, USER_AGENT } from "../../client/request_head.ts";
import { parseTarget } from "../../client/target.ts";

function lines(parts: Partial<HeadParts> = {}): string[] {
  const text = headText({
    method: "GET",
    target: parseTarget("http://a.test:81/x?y"),
    absoluteForm: false,
    fields: checkFields(undefined),
    defaults: [],
    forced: [],
    ...parts,
  });
  const all = text.split("\r\n");
  assertEquals(all.splice(-2), ["", ""], "ends with one empty line");
  return all;
}

const OWN = [`User-Agent: ${USER_AGENT}`, "Accept: */*"];

Deno.test("headText() puts the request line and Host first (RFC 9110 7.2)", () => {
  assertEquals(lines(), ["GET /x?y HTTP/1.1", "Host: a.test:81", ...OWN]);
});

Deno.test("headText() names the whole URL for a proxy, and still Host (RFC 9112 3.2.2)", () => {
  const target = parseTarget("http://u:p@a.test:81/x?y#z");
  assertEquals(lines({ target, absoluteForm: true }).slice(0, 2), [
    "GET http://a.test:81/x?y HTTP/1.1",
    "Host: a.test:81",
  ]);
});

Deno.test("headText() orders the client's fields, the caller's and those of the framing", () => {
  const parts = {
    defaults: [["X-Own", "1"]] as const,
    fields: checkFields({ "X-Caller": ["2", "3"] }),
    forced: [["Content-Length", "4"]] as const,
  };
  assertEquals(lines(parts as unknown as HeadParts).slice(4), [
    ...["X-Own: 1", "X-Caller: 2", "X-Caller: 3", "Content-Length: 4"],
  ]);
});

Deno.test("the caller's fields take the place of the client's defaults, in any case", () => {
  const fields = checkFields({ "user-AGENT": "me", "ACCEPT": "text/html", "x-own": "2" });
  assertEquals(lines({ fields, defaults: [["X-Own", "1"]] }).slice(2), [
    ...["user-AGENT: me", "ACCEPT: text/html", "x-own: 2"],
  ]);
});

Deno.test("the caller's Host is the only one", () => {
  const fields = checkFields({ host: "b.test" });
  assertEquals(lines({ fields }), ["GET /x?y HTTP/1.1", "Host: b.test", ...OWN]);
});

Deno.test("checkMethod() takes tokens as they are spelled", () => {
  for (const method of ["GET", "get", "M-SEARCH", "X!#$%&'*+-.^_`|~9"]) {
    assertEquals(checkMethod(method), method);
  }
});

Deno.test("checkMethod() refuses what would be another request line", () => {
  for (const method of ["", "GET ", "GET / HTTP/1.1\r\nX:", "G\u00c9T", "A/B", "A\0"]) {
    assertThrows(() => checkMethod(method), TypeError, "is not a token");
  }
  for (const method of [undefined, null, 5, {}]) {
    assertThrows(() => checkMethod(method as unknown as string), TypeError, "is not a token");
  }
  assertThrows(() => checkMethod("CONNECT"), TypeError, 'option "proxy"');
});
