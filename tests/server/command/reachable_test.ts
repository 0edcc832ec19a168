import { assert, assertEquals } from "@std/assert";
import {
  type MachineAddress,
  machineAddresses,
  reachableHosts,
} from "../../../server/command/reachable.ts";

const ADDRESSES: MachineAddress[] = [
  { family: "IPv4", address: "127.0.0.1" },
  { family: "IPv6", address: "::1" },
  { family: "IPv6", address: "2001:db8::1" },
  { family: "IPv6", address: "fe80::1" },
  { family: "IPv4", address: "192.168.1.7" },
  { family: "IPv4", address: "192.168.1.7" },
];

Deno.test("reachableHosts() lists what others can use first, and each once", () => {
  assertEquals(reachableHosts("0.0.0.0", ADDRESSES), ["192.168.1.7", "127.0.0.1"]);
  assertEquals(reachableHosts("::", ADDRESSES), [
    "192.168.1.7",
    "2001:db8::1",
    "127.0.0.1",
    "::1",
  ]);
});

Deno.test("reachableHosts() keeps to the one that was named", () => {
  assertEquals(reachableHosts("192.168.1.9", ADDRESSES), ["192.168.1.9"]);
  assertEquals(reachableHosts("localhost", []), ["localhost"]);
});

Deno.test({
  name: "machineAddresses() tells nothing without the right to know",
  permissions: { sys: ["hostname"] },
  fn() {
    assertEquals(machineAddresses(), undefined);
  },
});

Deno.test({
  name: "machineAddresses() tells the addresses of this machine",
  permissions: { sys: ["networkInterfaces"] },
  fn() {
    assert(machineAddresses()!.some(({ address }) => address === "127.0.0.1"));
  },
});
