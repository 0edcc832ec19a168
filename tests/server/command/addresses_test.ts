import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  AddressSet,
  authorityOf,
  isAddress,
  isLocalAuthority,
  isLoopback,
  isUnspecified,
  plainAddress,
} from "../../../server/command/addresses.ts";

Deno.test("isAddress() knows addresses from names", () => {
  for (const address of ["1.2.3.4", "::1", "2001:db8::1"]) assert(isAddress(address), address);
  for (const name of ["", "x", "1.2.3", "[::1]", "::1 ", "unknown"]) assert(!isAddress(name), name);
});

Deno.test("AddressSet has addresses and those of its networks", () => {
  const set = new AddressSet("10.0.0.0/8, 192.168.1.7,2001:db8::/32 ,loopback");
  for (const it of ["10.255.0.1", "192.168.1.7", "2001:db8:1::1", "127.0.0.9", "::1"]) {
    assert(set.has(it), it);
  }
  for (const it of ["11.0.0.1", "192.168.1.8", "2001:db9::1", "::2", "", "localhost", "unknown"]) {
    assert(!set.has(it), it);
  }
});

Deno.test("AddressSet refuses what is neither an address nor a network", () => {
  for (const it of ["localhost", "10.0.0.0/33", "::/129", "1.2.3.4/8/8", "10.0.0.0/", "1.2.3"]) {
    assertThrows(
      () => new AddressSet(it),
      TypeError,
      `"${it}" is neither an address nor a network`,
    );
  }
  assertThrows(() => new AddressSet("::1,,::2"), TypeError, '"" is neither');
});

Deno.test("isLoopback() tells what only this machine reaches", () => {
  for (const it of ["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"]) {
    assert(isLoopback(it), it);
  }
  for (const it of ["0.0.0.0", "::", "192.168.0.1", "example.com", "127.0.0.1.example"]) {
    assert(!isLoopback(it), it);
  }
});

Deno.test("isUnspecified() tells what stands for all addresses", () => {
  for (const it of ["0.0.0.0", "::", "0:0:0:0:0:0:0:0"]) assert(isUnspecified(it), it);
  for (const it of ["127.0.0.1", "::1", "0", "localhost", "1::"]) assert(!isUnspecified(it), it);
});

Deno.test("plainAddress() undoes IPv4 in IPv6", () => {
  assertEquals(plainAddress("::ffff:10.0.0.1"), "10.0.0.1");
  assertEquals(plainAddress("::1"), "::1");
  assertEquals(plainAddress(""), "");
});

Deno.test("authorityOf() writes host and port as in a URL", () => {
  assertEquals(authorityOf("127.0.0.1", 80), "127.0.0.1:80");
  assertEquals(authorityOf("fe80::1%eth0", 8080), "[fe80::1]:8080");
});

Deno.test("isLocalAuthority() takes the names of this machine that nobody else has a say in", () => {
  const ours = ["localhost", "localhost:8080", "127.0.0.1:80", "[::1]:8080", "app.localhost:1"];
  for (const it of ours) assert(isLocalAuthority(it), it);
  const others = ["", "example.com", "localhost.example:8080", "10.0.0.1", "127.0.0.1.example.com"];
  for (const it of others) assert(!isLocalAuthority(it), it);
});
