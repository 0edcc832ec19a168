import { assertEquals } from "@std/assert";
import {
  dialedAddress,
  inheritTunnelEnd,
  noteTunnelEnd,
} from "../../../client/dial/dialed_address.ts";
import { FakeTransport } from "../support/fake_transport.ts";

const END: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.99", port: 443 };

Deno.test("dialedAddress() is that of the other end, where no tunnel leads further", () => {
  const transport = new FakeTransport();
  const secured = new FakeTransport();
  inheritTunnelEnd(secured, transport);
  assertEquals(dialedAddress(transport), transport.remoteAddr);
  assertEquals(dialedAddress(secured), secured.remoteAddr);
});

Deno.test("dialedAddress() is where the tunnel leads, of TLS in the tunnel too", () => {
  const transport = new FakeTransport();
  const secured = new FakeTransport();
  noteTunnelEnd(transport, "192.0.2.99", 443);
  inheritTunnelEnd(secured, transport);
  assertEquals(dialedAddress(transport), END);
  assertEquals(dialedAddress(secured), END);
});
