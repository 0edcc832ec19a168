import { assertEquals, assertThrows } from "@std/assert";
import type { OptionName } from "../../../server/command/option.ts";
import {
  type GivenOptions,
  isTrue,
  optionNamed,
  OptionValues,
  valuesOf,
} from "../../../server/command/option_values.ts";
import { UsageError } from "../../../server/command/usage_error.ts";

/** What a source gives: texts by name. */
function source(given: Partial<Record<OptionName, string[]>>, prefix = "--"): GivenOptions {
  return new Map(
    Object.entries(given).map(([name, values]) => [
      name as OptionName,
      { label: prefix + name, values },
    ]),
  );
}

Deno.test("OptionValues takes the first source that gives an option", () => {
  const values = new OptionValues(
    source({ port: ["1"], hidden: ["a"] }),
    source({ port: ["2"], host: ["::1"], hidden: ["b", "c"] }, "SERVE_"),
    source({ port: ["3"], host: ["::"], index: ["x"], cors: [] }, "file "),
  );
  assertEquals(values.number("port"), 1);
  assertEquals(values.text("host"), "::1");
  assertEquals(values.text("index"), "x");
  assertEquals(values.list("hidden"), ["a"]);
  assertEquals([values.rank("port"), values.rank("host"), values.rank("index")], [0, 1, 2]);
  assertEquals(
    [values.label("port"), values.label("host"), values.label("key")],
    ["--port", "SERVE_host", "--key"],
  );
});

Deno.test("OptionValues has nothing for what no source gives, nor for what is switched off", () => {
  const values = new OptionValues(source({ cors: [] }), source({ cors: ["*"] }));
  assertEquals(values.text("cors"), undefined);
  assertEquals(values.flag("upload"), undefined);
  assertEquals(values.number("workers"), undefined);
  assertEquals(values.list("header"), []);
  assertEquals(values.rank("log"), Infinity);
});

Deno.test("OptionValues reads flags in several words, the last of them", () => {
  for (const text of ["true", "TRUE", "yes", "on", "1"]) {
    assertEquals(new OptionValues(source({ upload: ["false", text] })).flag("upload"), true, text);
    assertEquals(isTrue(text), true);
  }
  for (const text of ["false", "no", "off", "0"]) {
    assertEquals(new OptionValues(source({ upload: [text] })).flag("upload"), false, text);
    assertEquals(isTrue(text), false);
  }
});

Deno.test("OptionValues refuses values by the source that gave them, even where another counts", () => {
  const refuses = (given: Partial<Record<OptionName, string[]>>, message: string): void => {
    assertThrows(
      () => new OptionValues(source({ port: ["1"] }), source(given, "SERVE_")),
      UsageError,
      message,
    );
  };
  refuses({ port: ["abc"] }, 'Cannot start: SERVE_port "abc" is not a number from 0 to 65535');
  refuses({ workers: ["0"] }, 'SERVE_workers "0" is not a number from 1 to 256');
  refuses({ upload: ["maybe"] }, 'SERVE_upload "maybe" is not true or false');
  refuses({ log: ["xml"] }, 'SERVE_log "xml" is not one of none, common, combined, json');
  refuses({ host: [""] }, "Cannot start: SERVE_host has no value");
});

Deno.test("OptionValues.refuse() and subject() name an option by its source", () => {
  const values = new OptionValues(source({ cert: ["c"] }), source({ key: ["k"] }, "SERVE_"));
  assertEquals([values.subject("cert"), values.subject("key")], ['option "--cert"', "SERVE_key"]);
  assertThrows(() => values.refuse("key", "k", "is odd"), UsageError, 'SERVE_key "k" is odd');
});

Deno.test("valuesOf() takes yes and no for a switch where an option may go without a value", () => {
  const [cors, host] = [optionNamed("cors")!, optionNamed("host")!];
  assertEquals(valuesOf(cors, "true"), ["*"]);
  assertEquals(valuesOf(cors, "no"), []);
  assertEquals(valuesOf(cors, "https://a.example"), ["https://a.example"]);
  assertEquals(valuesOf(host, "true"), ["true"]);
  assertEquals(optionNamed("toString"), undefined);
});
