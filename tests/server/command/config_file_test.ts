import { assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "../../../server/command/config_file.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import { UsageError } from "../../../server/command/usage_error.ts";

function given(config: unknown): Record<string, readonly string[]> {
  const options = parseConfig(JSON.stringify(config), "serve.json");
  return Object.fromEntries(Array.from(options, ([name, { values }]) => [name, values]));
}

function assertRefuses(text: string, message: string): void {
  assertThrows(() => new OptionValues(parseConfig(text, "serve.json")), UsageError, message);
}

Deno.test("parseConfig() takes options from an object", () => {
  assertEquals(
    given({
      $schema: "schema.json",
      dir: "www",
      port: 80,
      upload: true,
      listing: false,
      hidden: ["*.bak", "secret/**"],
      header: "A: b",
      cors: true,
      spa: false,
      health: "/up",
      404: "404.html",
    }),
    {
      dir: ["www"],
      port: ["80"],
      upload: ["true"],
      listing: ["false"],
      hidden: ["*.bak", "secret/**"],
      header: ["A: b"],
      cors: ["*"],
      spa: [],
      health: ["/up"],
      404: ["404.html"],
    },
  );
  assertEquals(parseConfig('\ufeff{"port": 1}', "x").get("port")?.values, ["1"]);
});

Deno.test("parseConfig() names key and file of what there is not", () => {
  assertRefuses('{"prot": 80}', 'Cannot start: there is no option "prot" for "serve.json"');
  for (const key of ["help", "config", "version", "__proto__", "toString"]) {
    assertRefuses(`{"${key}": true}`, `there is no option "${key}" for "serve.json"`);
  }
});

Deno.test("parseConfig() refuses values of another type, and of another kind", () => {
  assertRefuses('{"port": "80"}', '"port" in "serve.json": "80" is not a number');
  assertRefuses('{"port": 1e9}', '"port" in "serve.json": "1000000000" is not a number from 0');
  assertRefuses('{"port": 1.5}', '"port" in "serve.json": "1.5" is not a number from 0 to 65535');
  assertRefuses('{"upload": "yes"}', '"upload" in "serve.json": "yes" is not true or false');
  assertRefuses('{"host": null}', '"host" in "serve.json": null is not a text');
  assertRefuses('{"cors": 1}', '"cors" in "serve.json": 1 is not a text, true or false');
  assertRefuses('{"hidden": [1]}', '"hidden" in "serve.json": [1] is not a list of texts');
  assertRefuses('{"host": ""}', '"host" in "serve.json" has no value');
  assertRefuses('{"log": "xml"}', '"log" in "serve.json": "xml" is not one of none');
});

Deno.test("parseConfig() refuses what is no object in JSON", () => {
  assertRefuses("{", 'Cannot start: "serve.json" is not JSON: ');
  for (const text of ["[]", "1", "null", '"a"']) {
    assertRefuses(text, 'Cannot start: "serve.json" is not an object in JSON');
  }
});
