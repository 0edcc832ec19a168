import { assert, assertEquals } from "@std/assert";
import { qrCode } from "../../../server/command/qr_code.ts";

Deno.test("qrCode() draws a square that differs with its text", async () => {
  const lines = await qrCode("http://192.168.1.7:8080/");
  const [width, ...others] = [...new Set(lines.map((line) => line.length))];
  assertEquals(others, []);
  // Two rows of modules stand in a line.
  assert(Math.abs(lines.length * 2 - width!) <= 1, `${lines.length} lines of ${width}`);
  assert(lines.every((line) => /^[ ▀▄█]+$/.test(line)));
  assert(lines.join() !== (await qrCode("http://192.168.1.8:8080/")).join());
});
