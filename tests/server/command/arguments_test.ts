import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  parseArguments,
  type ServeArguments,
  USAGE,
  UsageError,
} from "../../../server/command/arguments.ts";

const DEFAULTS: ServeArguments = {
  folder: ".",
  host: "127.0.0.1",
  port: 8080,
  cert: undefined,
  key: undefined,
  gzip: false,
  index: "index.html",
  quiet: false,
};

function assertServes(args: string[], expected: Partial<ServeArguments>): void {
  assertEquals(parseArguments(args), { action: "serve", serve: { ...DEFAULTS, ...expected } });
}

function assertRefuses(args: string[], message: string): void {
  assertThrows(() => parseArguments(args), UsageError, message);
}

Deno.test("parseArguments() means the working directory on 127.0.0.1:8080 by default", () => {
  assertServes([], {});
});

Deno.test("parseArguments() reads every option, before and after the folder", () => {
  assertServes(
    ["--host", "::1", "--port=0", "www", "--cert", "c.pem", "--key", "k.pem", "--gzip", "--quiet"],
    { host: "::1", port: 0, folder: "www", cert: "c.pem", key: "k.pem", gzip: true, quiet: true },
  );
  assertServes(["--index", "home.htm", "www", "--port", "65535"], {
    index: "home.htm",
    folder: "www",
    port: 65535,
  });
});

Deno.test("parseArguments() takes the last of several values", () => {
  assertServes(["--port", "1", "--port", "2"], { port: 2 });
});

Deno.test("parseArguments() takes a folder for a folder when its name is a number", () => {
  for (const folder of ["2026", "007", "1e3", "0x10"]) assertServes([folder], { folder });
});

Deno.test("parseArguments() takes no switch's neighbour for its value", () => {
  assertServes(["--gzip", "www"], { gzip: true, folder: "www" });
});

Deno.test("parseArguments() takes what follows -- for a folder, whatever it looks like", () => {
  assertServes(["--", "--quiet"], { folder: "--quiet" });
  assertServes(["--quiet", "--", "2026"], { folder: "2026", quiet: true });
});

Deno.test("parseArguments() tells what is asked for besides serving", () => {
  assertEquals(parseArguments(["--help"]), { action: "help" });
  assertEquals(parseArguments(["-h"]), { action: "help" });
  assertEquals(parseArguments(["www", "--version"]), { action: "version" });
});

Deno.test("parseArguments() refuses options that there are not, by name and without value", () => {
  assertRefuses(["--prot", "80"], 'Cannot start: unknown option "--prot"');
  assertRefuses(["--prot=80"], 'Cannot start: unknown option "--prot"');
  assertRefuses(["-p", "80"], 'Cannot start: unknown option "-p"');
  assertRefuses(["--no-gzip"], 'Cannot start: unknown option "--no-gzip"');
  assertRefuses(["--__proto__", "x"], 'Cannot start: unknown option "--__proto__"');
});

Deno.test("parseArguments() refuses options without their value", () => {
  for (const name of ["host", "port", "cert", "key", "index"]) {
    const message = `Cannot start: option "--${name}" has no value`;
    assertRefuses([`--${name}`], message);
    assertRefuses([`--${name}=`], message);
    assertRefuses([`--${name}`, "--quiet"], message);
  }
});

Deno.test("parseArguments() refuses what is no port", () => {
  for (const port of ["65536", "99999", "100000", "1.5", "0x50", "http", "8o8o", " 80"]) {
    assertRefuses(
      [`--port=${port}`],
      `Cannot start: port "${port}" is not a number from 0 to 65535`,
    );
  }
  assertRefuses(["--port=-1"], 'Cannot start: port "-1"');
});

Deno.test("parseArguments() refuses half of what TLS needs", () => {
  assertRefuses(["--cert", "c.pem"], 'option "--cert" needs "--key"');
  assertRefuses(["--key", "k.pem"], 'option "--key" needs "--cert"');
});

Deno.test("parseArguments() refuses several folders, and one without a name", () => {
  assertRefuses(["a", "b"], "Cannot start: one folder can be served, not 2");
  assertRefuses([""], 'Cannot start: the folder is ""');
});

Deno.test("USAGE names every option with its default", () => {
  for (const name of ["host", "port", "cert", "key", "gzip", "index", "quiet", "help", "version"]) {
    assertStringIncludes(USAGE, `--${name}`);
  }
  for (const value of [DEFAULTS.host, String(DEFAULTS.port), DEFAULTS.index]) {
    assertStringIncludes(USAGE, `(default: ${value})`);
  }
});
