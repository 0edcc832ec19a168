import { assertEquals } from "@std/assert";
import http from "node:http";
import { loadLibrary, websocketMask, websocketUnmask } from "../../../server/websocket/library.ts";

Deno.test("loadLibrary() gives the same classes to all, and takes back what it lent", async () => {
  const [first, second] = await Promise.all([loadLibrary(), loadLibrary()]);
  assertEquals(first === second, true);
  assertEquals([typeof first.Receiver, typeof first.Sender], ["function", "function"]);
  assertEquals("websocketMask" in http || "websocketUnmask" in http, false);
});

Deno.test("websocketUnmask() undoes any mask of bytes that begin and end anywhere", () => {
  const mask = Uint8Array.of(1, 2, 4, 128);
  for (let offset = 0; offset < 5; offset++) {
    for (let length = 0; length < 19; length++) {
      const bytes = new Uint8Array(40).fill(255).subarray(offset, offset + length);
      websocketUnmask(bytes, mask);
      assertEquals(bytes, new Uint8Array(length).map((_, i) => 255 ^ mask[i & 3]!));
      assertEquals(new Uint8Array(bytes.buffer, offset + length)[0], 255);
    }
  }
});

Deno.test("websocketMask() leaves its source alone", () => {
  const source = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const output = new Uint8Array(8);
  websocketMask(source, Uint8Array.of(16, 32, 64, 128), output, 2, 5);
  assertEquals(output, Uint8Array.of(0, 0, 17, 34, 67, 132, 21, 0));
  assertEquals(source, Uint8Array.of(1, 2, 3, 4, 5, 6));
});
