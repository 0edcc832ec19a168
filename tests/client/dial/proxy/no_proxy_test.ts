import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseNoProxy } from "../../../../client/dial/proxy/no_proxy.ts";

/** Which of the places `host` or `host port` a list excepts. */
function excepted(list: string, ...places: string[]): string[] {
  const isExcepted = parseNoProxy(list);
  return places.filter((place) => {
    const [host, port = "80"] = place.split(" ");
    return isExcepted(host!, Number(port));
  });
}

/** Asserts that a list excepts the first places and not the second ones. */
function check(list: string, yes: string[], no: string[]): void {
  assertEquals(excepted(list, ...yes, ...no), yes, list);
}

Deno.test("NO_PROXY that is empty or only separators excepts nothing", () => {
  for (const list of ["", " ", ",", " , ,\t"]) check(list, [], ["example.com", "127.0.0.1", ""]);
});

Deno.test("NO_PROXY * excepts everything, also with a port", () => {
  check("*", ["example.com", "127.0.0.1", "::1"], []);
  check("example.org, *", ["example.com"], []);
  check("*:8080", ["example.com 8080"], ["example.com 80"]);
});

Deno.test("NO_PROXY excepts a domain and what is below it, with or without a leading dot", () => {
  for (const list of ["example.com", ".example.com", "*.example.com", "EXAMPLE.com."]) {
    check(list, ["example.com", "a.example.com", "a.b.Example.Com", "example.com."], [
      "badexample.com",
      "example.com.evil.org",
      "com",
      "xexample.com",
    ]);
  }
});

Deno.test("NO_PROXY takes commas and blanks between entries", () => {
  check(" a.org,b.org c.org\t, d.org ", ["a.org", "b.org", "c.org", "d.org"], ["e.org"]);
});

Deno.test("NO_PROXY with a port excepts only that port", () => {
  check("example.com:8080", ["example.com 8080", "a.example.com 8080"], ["example.com 80"]);
  check("127.0.0.1:81", ["127.0.0.1 81"], ["127.0.0.1 80"]);
  check("[::1]:81", ["::1 81"], ["::1 80"]);
  check("10.0.0.0/8:81", ["10.1.1.1 81"], ["10.1.1.1 80"]);
  check("[fd00::]/8:81", ["fd00::1 81"], ["fd00::1 80"]);
});

Deno.test("NO_PROXY excepts addresses however they are spelled", () => {
  check("127.0.0.1", ["127.0.0.1"], ["127.0.0.2", "x127.0.0.1"]);
  check("::1", ["::1", "[::1]", "0:0:0:0:0:0:0:1"], ["::2"]);
  check("[::1]", ["::1", "[::1]"], ["::2"]);
  check("10.0.0.1", ["::ffff:10.0.0.1"], ["::10.0.0.1"]);
});

Deno.test("NO_PROXY does not take a part of an address for a domain", () => {
  check("0.0.1", [], ["127.0.0.1"]);
  check("1", [], ["127.0.0.1"]);
});

Deno.test("NO_PROXY excepts networks", () => {
  check("10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], ["11.0.0.0", "9.255.255.255", "a.10.org"]);
  check("192.168.1.128/25", ["192.168.1.128", "192.168.1.255"], ["192.168.1.127"]);
  check("172.16.5.4/12", ["172.16.0.0", "172.31.255.255"], ["172.32.0.0", "172.15.0.0"]);
  check("1.2.3.4/32", ["1.2.3.4"], ["1.2.3.5"]);
  check("0.0.0.0/0", ["1.2.3.4"], ["::1", "example.com"]);
  check("fd00::/8", ["fd12::1"], ["fe80::1", "10.0.0.1"]);
  check("2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::1"]);
});

Deno.test("NO_PROXY entries that make no sense match nothing", () => {
  const places = ["10.0.0.1", "example.com", "example.com 8080", "::1", "1.2.3.4"];
  for (
    const list of [
      ...["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "::1/129", "example.com/8"],
      ...[".", "*.", "http://example.com", "example.com:x", "[::1", "::1]", "[::1]x", "/", ":"],
    ]
  ) check(list, [], places);
});

Deno.test("NO_PROXY networks contain exactly what shares their prefix", () => {
  const octets = fc.uint8Array({ minLength: 4, maxLength: 4 });
  const binary = (bytes: Uint8Array): string =>
    [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  fc.assert(fc.property(octets, octets, fc.nat(32), (network, near, bits) => {
    // An address whose first bytes are often those of the network.
    const address = near.map((byte, i) => near[3]! % 5 > i ? network[i]! : byte);
    const expected = binary(address).slice(0, bits) === binary(network).slice(0, bits);
    assertEquals(parseNoProxy(`${network.join(".")}/${bits}`)(address.join("."), 1), expected);
  }));
});
