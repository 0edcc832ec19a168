import { fromFileUrl } from "@std/path";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { RUNTIME, type RuntimeHead } from "../../../client/fetch/runtime_response.ts";

const HEAD: RuntimeHead = {
  status: 599,
  statusText: "\u0100",
  fields: [["X-A", "1"], ["Set-Cookie", "a=1"], ["set-cookie", "b=2"], ["x-a", "2"]],
  urls: ["http://a/", "http://b/#c"],
  isDecoded: false,
};

/** A Response made directly. */
function made(bytes?: Uint8Array<ArrayBuffer>, more = {}): Response {
  const response = new Response();
  RUNTIME!.fill(response, { ...HEAD, fields: [...HEAD.fields], urls: [...HEAD.urls], ...more });
  if (bytes !== undefined) RUNTIME!.putBody(response, bytes);
  return response;
}

const hello = () => new TextEncoder().encode("hello");

Deno.test("a Response that was made directly is one to the runtime", async () => {
  const response = made(hello());
  const { status, statusText, ok, url, redirected, type } = response;
  assertEquals([status, statusText, ok], [599, "\u0100", false]);
  assertEquals([url, redirected, type], ["http://b/", true, "basic"]);
  assertEquals([...response.headers], [["set-cookie", "a=1"], ["set-cookie", "b=2"], [
    "x-a",
    "1, 2",
  ]]);
  assertThrows(() => response.headers.append("a", "b"), TypeError, "immutable");
  assertEquals(await response.clone().text(), "hello");
  assertEquals([await response.text(), response.bodyUsed], ["hello", true]);
  for (const code of [101, 204, 304, 999]) {
    assertEquals(made(undefined, { status: code }).status, code);
  }
});

Deno.test("a body is untouched until somebody looks at it, and used up once it was consumed", async () => {
  const bytes = hello();
  const response = made(bytes);
  const { headers } = response; // the runtime's own getter looks at it
  assert(!RUNTIME!.hasUntouched(response, bytes));
  assertStrictEquals(RUNTIME!.headersOf(response), headers);
  assertEquals(await response.text(), "hello");
  const other = made(bytes);
  assertEquals(RUNTIME!.headersOf(other).get("x-a"), "1, 2");
  assert(RUNTIME!.hasUntouched(other, bytes));
  assert(!RUNTIME!.hasUntouched(other, hello()));
  RUNTIME!.consume(other);
  assertEquals([RUNTIME!.hasUntouched(other, bytes), other.bodyUsed], [false, true]);
  assertEquals(await other.text().catch((error) => error instanceof TypeError), true);
});

/** What a child with these arguments says at its end. */
async function childSays(...args: string[]): Promise<string> {
  const child = fromFileUrl(new URL("runtime_response_child.ts", import.meta.url));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", child, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return text(stdout).trimEnd() + text(stderr);
}

Deno.test("the runtime serves, clones, copies, prints and caches such a Response, however memory is collected", async () => {
  assertEquals(await childSays("40"), "all right, directly");
});

Deno.test("a runtime that keeps it otherwise gets the same by its constructor", async () => {
  assertEquals(await childSays("5", "otherwise"), "all right, by the constructor");
});
