import { assertEquals } from "@std/assert";
import { OPTIONS } from "../../../server/command/options_table.ts";
import { schemaText } from "../../../server/command/schema.ts";

Deno.test("schema.json is what the table of options says; `serve --schema` writes it anew", async () => {
  const file = new URL("../../../server/command/schema.json", import.meta.url);
  assertEquals(await Deno.readTextFile(file), `${schemaText()}\n`);
});

Deno.test("schemaText() describes every option that a file can set, and allows no other", () => {
  const { properties, additionalProperties } = JSON.parse(schemaText());
  assertEquals(additionalProperties, false);
  const names = OPTIONS.filter((it) => !it.onlyArgument && it.name !== "config")
    .map(({ name }) => name as string);
  assertEquals(Object.keys(properties).sort(), ["$schema", ...names].sort());
});

Deno.test("schemaText() tells the types of values", () => {
  const { properties } = JSON.parse(schemaText());
  const { port, upload, log, hidden, cors, host } = properties;
  assertEquals([port.type, port.minimum, port.maximum, port.default], ["integer", 0, 65535, 8080]);
  assertEquals([upload.type, upload.default], ["boolean", false]);
  assertEquals(log.enum, ["none", "common", "combined", "json"]);
  assertEquals([hidden.type, hidden.items], [["array", "string"], { type: "string" }]);
  assertEquals(cors.type, ["string", "boolean"]);
  assertEquals(
    host.description,
    "Address to listen on; 0.0.0.0 or :: for all. Environment: SERVE_HOST",
  );
});
