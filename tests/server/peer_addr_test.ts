import { assertEquals } from "@std/assert";
import { peerAddr } from "../../server/peer_addr.ts";

Deno.test("peerAddr() names address and port of a TCP peer, and neither on a unix socket", () => {
  assertEquals(
    peerAddr({ transport: "tcp", hostname: "::1", port: 8080 }),
    { ipaddr: "::1", port: 8080 },
  );
  assertEquals(peerAddr({ transport: "unix", path: "/tmp/a" }), { ipaddr: "", port: 0 });
});
