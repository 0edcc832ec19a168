// Connections that are gone before they are accepted.

import { assertEquals } from "@std/assert";
import { listen } from "../../server/mod.ts";
import { testWith } from "../peers/programs.ts";
import { RawClient } from "./raw_client.ts";

/** Connects and resets, as often as the second argument says. */
const RESETS = `
import socket, struct, sys
for i in range(int(sys.argv[2])):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
`;
const COUNT = 300;

testWith(
  ["python3"],
  "clients that reset their connections at once keep nobody else waiting",
  async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    await using server = listen("127.0.0.1", 0, { onError }, (con) => con.send("hello"));
    const { port } = server.addr as Deno.NetAddr;
    // Nothing is accepted meanwhile: this process stands still.
    const { success } = new Deno.Command("python3", {
      args: ["-c", RESETS, String(port), String(COUNT)],
    }).outputSync();
    assertEquals(success, true);
    using client = await RawClient.connect(server);
    assertEquals((await client.ask("GET /")).body, "hello");
    assertEquals(errors, []);
  },
);
