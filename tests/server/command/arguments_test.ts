import { assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import { resolveSettings, type ServeSettings } from "../../../server/command/settings.ts";
import { UsageError } from "../../../server/command/usage_error.ts";

/** What is served with these arguments. */
function settingsOf(args: string[]): ServeSettings {
  return resolveSettings(new OptionValues(parseArguments(args)));
}

/** The texts that arguments give for options, by name. */
function given(args: string[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    Array.from(parseArguments(args), ([name, { values }]) => [name, values]),
  );
}

function assertRefuses(args: string[], message: string): void {
  assertThrows(() => settingsOf(args), UsageError, message);
}

Deno.test("parseArguments() means the working directory on 127.0.0.1:8080 by default", () => {
  assertEquals(given([]), {});
  const { site, host, port, cert, key } = settingsOf([]);
  assertEquals([host, port, cert, key], ["127.0.0.1", 8080, undefined, undefined]);
  const { folder, index, gzip, log } = site;
  assertEquals([folder, index, gzip, log], [".", "index.html", false, "common"]);
});

Deno.test("parseArguments() reads every option, before and after the folder", () => {
  const { site, host, port, cert, key } = settingsOf(
    ["--host", "::1", "--port=0", "www", "--cert", "c.pem", "--key", "k.pem", "--gzip", "--quiet"],
  );
  assertEquals([host, port, cert, key], ["::1", 0, "c.pem", "k.pem"]);
  assertEquals([site.folder, site.gzip, site.log], ["www", true, "none"]);
  assertEquals(given(["--index", "home.htm", "www", "--port", "65535"]), {
    dir: ["www"],
    index: ["home.htm"],
    port: ["65535"],
  });
  assertEquals(given(["--dir", "www"]), { dir: ["www"] });
});

Deno.test("parseArguments() takes the last of several values, and all of a list", () => {
  assertEquals(settingsOf(["--port", "1", "--port", "2"]).port, 2);
  assertEquals(given(["--hidden", "a,b", "www", "--hidden=*.{c,d}", "--header", "A: b=c"]), {
    dir: ["www"],
    hidden: ["a,b", "*.{c,d}"],
    header: ["A: b=c"],
  });
});

Deno.test("parseArguments() takes a folder for a folder when its name is a number", () => {
  for (const folder of ["2026", "007", "1e3", "0x10"]) {
    assertEquals(given([folder]), { dir: [folder] });
  }
});

Deno.test("parseArguments() takes no switch's neighbour for its value", () => {
  assertEquals(given(["--gzip", "www"]), { gzip: ["true"], dir: ["www"] });
  assertEquals(given(["--gzip", "true"]), { gzip: ["true"], dir: ["true"] });
  assertEquals(given(["--cors", "www"]), { cors: ["*"], dir: ["www"] });
  assertEquals(given(["--spa", "--404", "404.html"]), { spa: ["index.html"], 404: ["404.html"] });
});

Deno.test("parseArguments() takes the value of what may go without one behind an equals sign", () => {
  assertEquals(given(["--cors=https://a.example,https://b.example", "--health=/up"]), {
    cors: ["https://a.example,https://b.example"],
    health: ["/up"],
  });
});

Deno.test("parseArguments() switches off what --no- stands before", () => {
  assertEquals(given(["--no-listing", "--no-zip", "--no-cors"]), {
    listing: ["false"],
    zip: ["false"],
    cors: [],
  });
  assertEquals(given(["--listing=false"]), { listing: ["false"] });
  assertRefuses(["--no-port"], 'Cannot start: unknown option "--no-port"');
});

Deno.test("parseArguments() takes what follows -- for a folder, whatever it looks like", () => {
  assertEquals(given(["--", "--quiet"]), { dir: ["--quiet"] });
  assertEquals(given(["--quiet", "--", "2026"]), { quiet: ["true"], dir: ["2026"] });
  assertEquals(given(["--", "--cors"]), { dir: ["--cors"] });
});

Deno.test("parseArguments() tells what is asked for besides serving", () => {
  assertEquals(given(["--help"]), { help: ["true"] });
  assertEquals(given(["-h"]), { help: ["true"] });
  assertEquals(given(["www", "--version"]), { dir: ["www"], version: ["true"] });
  assertEquals(given(["--schema"]), { schema: ["true"] });
});

Deno.test("parseArguments() refuses options that there are not, by name and without value", () => {
  assertRefuses(["--prot", "80"], 'Cannot start: unknown option "--prot"');
  assertRefuses(["--prot=80"], 'Cannot start: unknown option "--prot"');
  assertRefuses(["-p", "80"], 'Cannot start: unknown option "-p"');
  assertRefuses(["--toString"], 'Cannot start: unknown option "--toString"');
});

Deno.test("parseArguments() refuses options without their value", () => {
  for (const name of ["host", "port", "cert", "key", "index", "hidden", "auth"]) {
    const message = `Cannot start: option "--${name}" has no value`;
    assertRefuses([`--${name}`], message);
    assertRefuses([`--${name}=`], message);
    assertRefuses([`--${name}`, "--quiet"], message);
  }
});

Deno.test("parseArguments() refuses what is no port", () => {
  for (const port of ["65536", "99999", "100000", "1.5", "0x50", "http", "8o8o", " 80", "-1"]) {
    assertRefuses(
      [`--port=${port}`],
      `Cannot start: --port "${port}" is not a number from 0 to 65535`,
    );
  }
});

Deno.test("parseArguments() refuses half of what TLS needs", () => {
  assertRefuses(["--cert", "c.pem"], 'option "--cert" needs "--key"');
  assertRefuses(["--key", "k.pem"], 'option "--key" needs "--cert"');
});

Deno.test("parseArguments() refuses several folders, and one without a name", () => {
  assertRefuses(["a", "b"], "Cannot start: one folder can be served, not 2");
  assertRefuses(["a", "--dir", "b"], "Cannot start: one folder can be served, not 2");
  assertRefuses([""], 'Cannot start: the folder is ""');
});

Deno.test("parseArguments() takes an empty argument for the value of the option before it", () => {
  for (const name of ["auth", "header", "host", "cache", "hidden", "port"]) {
    assertRefuses([`--${name}`, ""], `Cannot start: option "--${name}" has no value`);
    assertRefuses([`--${name}`, "", "www"], `Cannot start: option "--${name}" has no value`);
  }
  assertRefuses(["--gzip", ""], 'Cannot start: the folder is ""');
  assertRefuses(["--", "--auth", ""], "Cannot start: one folder can be served, not 2");
});
