import { assertEquals } from "@std/assert";
import { VERSION } from "../../wire/version.ts";

Deno.test("VERSION is the version in deno.json", async () => {
  const config = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  assertEquals(VERSION, JSON.parse(config).version);
});
