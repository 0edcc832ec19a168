// The size of a reader's window while bodies come in; the rest is told by conn_reader_test.ts.

import { assertEquals } from "@std/assert";
import { ConnReader } from "../../wire/conn_reader.ts";
import { FakeSource } from "./fakes.ts";

Deno.test("widen() gives the largest window once a large one was filled, and not before", async () => {
  const source = new FakeSource("abc");
  const reader = new ConnReader(source, () => {}, 131072);
  const widened = (): number => {
    reader.consume(reader.end - reader.start);
    reader.widen();
    return reader.bytes.length;
  };
  assertEquals(widened(), 65536);
  await reader.fill();
  assertEquals(widened(), 65536);
  source.push("x".repeat(65536));
  await reader.fill();
  assertEquals(widened(), 131072);
  reader.release();
});
