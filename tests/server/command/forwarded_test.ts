import { assertEquals } from "@std/assert";
import { AddressSet } from "../../../server/command/addresses.ts";
import { clientOf } from "../../../server/command/forwarded.ts";

const TRUSTED = new AddressSet("127.0.0.1,10.0.0.0/8,::1");

function peer(headers: Record<string, string>, connected = "127.0.0.1"): string {
  return clientOf(connected, headers, TRUSTED).peer;
}

Deno.test("clientOf() believes nobody who is not trusted", () => {
  const headers = {
    "x-forwarded-for": "1.2.3.4",
    "forwarded": "for=1.2.3.4",
    "x-forwarded-proto": "https",
  };
  assertEquals(clientOf("9.9.9.9", headers, TRUSTED), { peer: "9.9.9.9" });
});

Deno.test("clientOf() takes the last address that is not a trusted proxy's", () => {
  assertEquals(peer({}), "127.0.0.1");
  assertEquals(peer({ "x-forwarded-for": "1.2.3.4" }), "1.2.3.4");
  assertEquals(peer({ "x-forwarded-for": "6.6.6.6, 1.2.3.4, 10.1.1.1" }), "1.2.3.4");
  assertEquals(peer({ "x-forwarded-for": "10.2.2.2,10.1.1.1" }), "10.2.2.2");
});

Deno.test("clientOf() undoes ports and brackets", () => {
  assertEquals(peer({ "x-forwarded-for": "[2001:db8::1]:443" }), "2001:db8::1");
  assertEquals(peer({ "x-forwarded-for": "1.2.3.4:5678" }), "1.2.3.4");
  assertEquals(peer({ "x-forwarded-for": "2001:db8::1" }), "2001:db8::1");
  assertEquals(peer({ "x-forwarded-for": "::ffff:1.2.3.4" }), "1.2.3.4");
});

Deno.test("clientOf() stops at what says nothing", () => {
  assertEquals(peer({ "x-forwarded-for": "1.2.3.4, , 10.1.1.1" }), "10.1.1.1");
  assertEquals(peer({ "x-forwarded-for": "" }), "127.0.0.1");
  assertEquals(peer({ "x-forwarded-for": "x".repeat(200) }), "127.0.0.1");
});

Deno.test("clientOf() takes nothing for a client that is no address", () => {
  for (const name of ["x", "unknown", "_hidden", "1.2.3", "1.2.3.4 5", "[::1", "a b"]) {
    assertEquals(peer({ "x-forwarded-for": `6.6.6.6, ${name}` }), "127.0.0.1", name);
    assertEquals(peer({ "x-forwarded-for": `${name}, 10.1.1.1` }), "10.1.1.1", name);
  }
  for (const name of ["x", "unknown", "_", '"_a b"']) {
    assertEquals(peer({ forwarded: `for=6.6.6.6, for=${name}` }), "127.0.0.1", name);
  }
});

Deno.test("clientOf() reads Forwarded where there is no X-Forwarded-For", () => {
  const forwarded =
    'for=6.6.6.6;proto=http, For="[2001:db8::1]:4711";by="a,b\\"";PROTO=https, for=10.0.0.1';
  assertEquals(clientOf("::1", { forwarded }, TRUSTED), { peer: "2001:db8::1", scheme: "https" });
  assertEquals(peer({ forwarded, "x-forwarded-for": "1.2.3.4" }), "1.2.3.4");
  assertEquals(peer({ forwarded: "for=_hidden" }), "_hidden");
  assertEquals(peer({ forwarded: "proto=https" }), "127.0.0.1");
});

Deno.test("clientOf() tells the scheme", () => {
  const scheme = (proto: string): string | undefined =>
    clientOf("127.0.0.1", { "x-forwarded-proto": proto }, TRUSTED).scheme;
  assertEquals([scheme("https"), scheme("HTTP"), scheme("https, http")], [
    "https",
    "http",
    "https",
  ]);
  assertEquals([scheme(""), scheme("ftp"), scheme("httpsx")], [undefined, undefined, undefined]);
});
