import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  canonicalIpAddress,
  hostAndPort,
  isIpv6,
  parseIpAddress,
  unbracketed,
} from "../../../client/dial/ip_address.ts";

const bytes = (text: string): number[] | undefined => {
  const address = parseIpAddress(text);
  return address && [...address];
};

Deno.test("parseIpAddress() reads IPv4 in four decimal octets", () => {
  assertEquals(bytes("127.0.0.1"), [127, 0, 0, 1]);
  assertEquals(bytes("255.10.0.249"), [255, 10, 0, 249]);
});

Deno.test("parseIpAddress() reads every form of IPv6", () => {
  const cases: [string, string][] = [
    ["::", "0".repeat(32)],
    ["::1", "0".repeat(31) + "1"],
    ["1::", "0001" + "0".repeat(28)],
    ["2001:DB8::8:800:200c:417a", "20010db80000000000080800200c417a"],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["::ffff:192.0.2.1", "00000000000000000000ffffc0000201"],
    ["1:2:3:4:5:6:7::", "00010002000300040005000600070000"],
  ];
  for (const [text, hex] of cases) assertEquals(parseIpAddress(text)?.toHex(), hex, text);
});

Deno.test("parseIpAddress() takes nothing else for an address", () => {
  const others = ["", "localhost", "127.1", "127.0.0.01", "256.0.0.1", "1.2.3.4.", "1.2.3.4.5"];
  others.push("0x7f.0.0.1", "::1%eth0", "[::1]", ":::", "1:2", "::g", "::1]/@x[", "1::2::3", ":");
  for (const text of others) assertEquals(parseIpAddress(text), undefined, text);
});

Deno.test("parseIpAddress() reads back any address", () => {
  fc.assert(fc.property(fc.ipV4(), (text) => {
    assertEquals(parseIpAddress(text)?.join("."), text);
  }));
  fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (address) => {
    const text = address.toHex().match(/.{4}/g)!.join(":");
    assertEquals(parseIpAddress(text)?.toHex(), address.toHex());
    const canonical = unbracketed(new URL(`http://[${text}]/`).hostname);
    assertEquals(parseIpAddress(canonical)?.toHex(), address.toHex());
  }));
});

Deno.test("hostAndPort() puts IPv6 into brackets", () => {
  assertEquals(hostAndPort("::1", 80), "[::1]:80");
  assertEquals(hostAndPort("name.test", 80), "name.test:80");
  assertEquals(hostAndPort("1.2.3.4", 80), "1.2.3.4:80");
});

Deno.test("isIpv6() knows addresses of IPv6, with a zone too, from all else", () => {
  assertEquals(["::1", "fe80::1%eth0", "1.2.3.4", "name.test"].map(isIpv6), [
    ...[true, true, false, false],
  ]);
});

Deno.test("unbracketed() changes only IPv6", () => {
  assertEquals([unbracketed("[::1]"), unbracketed("a.b")], ["::1", "a.b"]);
});

Deno.test("canonicalIpAddress() has one spelling for an address, and shows what a mapped one reaches", () => {
  const cases = [
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["FE80:0:0::A", "fe80::a"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::ffff:7f00:1", "127.0.0.1"],
    ["0:0:0:0:0:ffff:0a00:0001", "10.0.0.1"],
    ["::7f00:1", "::7f00:1"],
    ["a.test", "a.test"],
  ];
  for (const [text, expected] of cases) assertEquals(canonicalIpAddress(text!), expected, text);
});
