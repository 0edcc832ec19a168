import { assertEquals } from "@std/assert";
import { idleMs } from "../../../client/rules/keep_alive.ts";
import { FieldSection } from "../../../wire/field_section.ts";

function ms(fields: string[], ownMs?: number): number {
  return idleMs(new FieldSection(fields.map((field) => `${field}\r\n`).join("")), ownMs);
}

Deno.test("a server that says nothing is given 4 s, or the client's own time", () => {
  assertEquals(ms([]), 4000);
  assertEquals(ms(["X-Keep-Alive: timeout=60", "Content-Type: a; keep-alive: timeout=9"]), 4000);
  assertEquals(ms([], 60_000), 60_000);
  assertEquals(ms([], Infinity), Infinity);
});

Deno.test("what the server says is kept to, less a second, or less half of a short time", () => {
  assertEquals(ms(["Keep-Alive: timeout=60"]), 59_000);
  assertEquals(ms(["keep-alive: max=5, timeout=60"]), 59_000);
  assertEquals(ms(["X-A: b", "KEEP-ALIVE:timeout=5, max=100", "X-C: d"]), 4000);
  assertEquals(ms(["Keep-Alive: timeout=2"]), 1000);
  assertEquals(ms(["Keep-Alive: timeout=1"]), 500);
});

Deno.test("the shorter of the client's time and the server's counts", () => {
  assertEquals(ms(["Keep-Alive: timeout=60"], 10_000), 10_000);
  assertEquals(ms(["Keep-Alive: timeout=5"], 10_000), 4000);
  assertEquals(ms(["Keep-Alive: timeout=5"], Infinity), 4000);
});

Deno.test("a connection is not kept when either side says 0, or when it was used up", () => {
  assertEquals(ms(["Keep-Alive: timeout=60"], 0), 0);
  assertEquals(ms(["Keep-Alive: timeout=0"]), 0);
  assertEquals(ms(["Keep-Alive: timeout=60, max=0"]), 0);
  assertEquals(ms(["Keep-Alive: timeout=60, max=10"]), 59_000);
});

Deno.test("no server is believed beyond ten minutes, nor numbers that make no sense", () => {
  assertEquals(ms(["Keep-Alive: timeout=999999"]), 600_000);
  assertEquals(ms(["Keep-Alive: timeout=9999999"]), 4000);
  assertEquals(ms(["Keep-Alive: timeout=-5"]), 4000);
  assertEquals(ms(["Keep-Alive: timeout=x"]), 4000);
  assertEquals(ms(["Keep-Alive: xtimeout=60"]), 4000);
});
