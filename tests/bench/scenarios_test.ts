import { assertEquals, assertThrows } from "@std/assert";
import { SCENARIOS, selectScenarios } from "../../bench/scenarios.ts";

Deno.test("every scenario has a name of its own, and we take part in all", () => {
  const names = SCENARIOS.map((one) => one.name);
  assertEquals(new Set(names).size, names.length);
  assertEquals(SCENARIOS.filter((one) => !one.contestants.includes("ours")), []);
});

Deno.test("selectScenarios() takes a group or a name, in the table's order", () => {
  const names = (...chosen: string[]) => selectScenarios(chosen).map((one) => one.name);
  assertEquals(names("files"), ["file-1k", "file-10k", "file-100k", "file-1m", "file-304"]);
  assertEquals(names("logged"), ["logged-1k", "logged-10k"]);
  assertEquals(names("file-1m", "hello"), ["hello", "file-1m"]);
  assertEquals(names("client"), ["client-1", "client-32", "client-download", "client-upload"]);
  assertEquals(names("serve"), [
    "serve-hello",
    "serve-json",
    "serve-post",
    "serve-download",
    "serve-upload",
  ]);
  assertEquals(names("multipart").length, 10);
  assertEquals(names("multipart-memory", "multipart-near"), ["multipart-near", "multipart-memory"]);
  assertEquals(names().length, SCENARIOS.length);
  assertThrows(() => names("file-2k"), RangeError, 'Cannot select scenarios: "file-2k"');
});
