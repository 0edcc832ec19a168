import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { ErrorContext } from "../../server/error_context.ts";
import { resolveFolderOptions } from "../../server/files/file_options.ts";
import { resolveOptions, type ServerOptions } from "../../server/options.ts";

const nothing = (): void => {};

Deno.test("resolveOptions() fills in the documented defaults, times in milliseconds", () => {
  const { onError, files, ...rest } = resolveOptions({}, nothing);
  assertEquals(typeof onError, "function");
  assertEquals(files, resolveFolderOptions({}, "listen"));
  assertEquals(rest, {
    keepaliveMs: 30_000,
    maxHeadBytes: 32_768,
    maxFields: 128,
    maxTargetBytes: 8192,
    maxBodyBytes: Infinity,
    maxBufferedBody: 16_777_216,
    maxChunkLineBytes: 4096,
    maxTrailerBytes: 16_384,
    multipart: {
      maxParts: 1000,
      maxHeaderBytes: 16_384,
      maxHeaders: 32,
      maxPreambleBytes: 16_384,
      maxFileBytes: Infinity,
      maxTotalBytes: Infinity,
    },
    maxConnections: Infinity,
    tlsMs: 10_000,
    headMs: 15_000,
    bodyMs: 60_000,
    writeMs: 60_000,
    lingerBytes: 262_144,
    lingerMs: 5000,
  });
});

Deno.test("resolveOptions() takes what is given, and undefined for not given", () => {
  const settings = resolveOptions({
    docroot: "/srv",
    index: "home.htm",
    gzip: true,
    files: { precompressed: ["br"], links: "none" },
    httpKeepalive: 0.5,
    maxHeadBytes: 100,
    maxFields: 0,
    maxBodyBytes: 0,
    maxConnections: 1,
    headTimeout: 0,
    bodyTimeout: Infinity,
    lingerBytes: 0,
    lingerTimeout: 0,
    maxTargetBytes: undefined,
    writeTimeout: undefined,
  }, nothing);
  const { docroot, index, precompressed, links } = settings.files;
  assertEquals([docroot, index, precompressed], ["/srv", "home.htm", ["br", "gzip"]]);
  assertEquals(links, "none");
  assertEquals([settings.keepaliveMs, settings.headMs, settings.bodyMs], [500, 0, Infinity]);
  assertEquals([settings.maxHeadBytes, settings.maxFields, settings.maxBodyBytes], [100, 0, 0]);
  assertEquals([settings.maxConnections, settings.lingerBytes, settings.lingerMs], [1, 0, 0]);
  assertEquals([settings.maxTargetBytes, settings.writeMs], [8192, 60_000]);
});

Deno.test("resolveOptions() refuses values that make no sense, and names the option", () => {
  const sizes = ["maxHeadBytes", "maxFields", "maxTargetBytes", "maxBodyBytes", "maxBufferedBody"];
  sizes.push("maxChunkLineBytes", "maxTrailerBytes", "maxConnections", "lingerBytes");
  const times = ["httpKeepalive", "tlsTimeout", "headTimeout", "bodyTimeout", "writeTimeout"];
  times.push("lingerTimeout");
  const refuse = (name: string, value: unknown, type: typeof TypeError | typeof RangeError) => {
    const options = { [name]: value } as ServerOptions;
    assertThrows(() => resolveOptions(options, nothing), type, `"${name}"`, `${name} ${value}`);
  };
  for (const name of sizes) {
    for (const value of [-1, NaN, 1.5, -Infinity]) refuse(name, value, RangeError);
    for (const value of ["5", true, {}, 5n]) refuse(name, value, TypeError);
  }
  for (const name of times) {
    for (const value of [-1, NaN, -0.1]) refuse(name, value, RangeError);
    for (const value of ["5", true, {}]) refuse(name, value, TypeError);
  }
  for (const name of ["docroot", "index"]) {
    for (const value of ["", 5, {}]) refuse(name, value, TypeError);
  }
  for (const value of [true, "x", null, 5]) refuse("files", value, TypeError);
  for (const value of ["log", 5, {}]) refuse("onError", value, TypeError);
  refuse("maxConnections", 0, RangeError);
  refuse("maxTargetBytes", 0, RangeError);
  refuse("maxHeadBytes", 15, RangeError);
});

Deno.test("resolveOptions() names the options of files as they are written", () => {
  const cases: [files: unknown, message: string][] = [
    [{ links: "all" }, 'Cannot listen: option "files.links" is "all"'],
    [{ cache: { maxAge: -1 } }, 'Cannot listen: option "files.cache.maxAge" is -1'],
    [{ hide: [] }, 'Cannot listen: no option "files.hide"'],
    [{ docroot: "." }, 'Cannot listen: no option "files.docroot"'],
    [{ gzip: true }, 'Cannot listen: no option "files.gzip"'],
  ];
  for (const [files, message] of cases) {
    assertThrows(() => resolveOptions({ files } as ServerOptions, nothing), Error, message);
  }
  assertThrows(() => resolveOptions({ index: "a/b" }, nothing), Error, 'option "index" is "a/b"');
});

Deno.test("resolveOptions() reports to onError, else to the default", () => {
  const heard: unknown[] = [];
  const byDefault = (error: unknown): void => void heard.push("default", error);
  resolveOptions({}, byDefault).onError("one", { source: "accept" });
  const onError = (error: unknown, { source }: ErrorContext): void =>
    void heard.push(error, source);
  resolveOptions({ onError }, byDefault).onError("two", { source: "handler" });
  assertEquals(heard, ["default", "one", "two", "handler"]);
});

Deno.test("an onError that throws throws at nobody, but is heard of", () => {
  const failure = new Error("reporter down");
  const settings = resolveOptions({
    onError: () => {
      throw failure;
    },
  }, nothing);
  const printed: unknown[][] = [];
  const { error } = console;
  console.error = (...values) => printed.push(values);
  try {
    settings.onError(new Error("defect"), { source: "connection" });
  } finally {
    console.error = error;
  }
  assertEquals(printed.length, 1);
  assertStrictEquals(printed[0]!.at(-1), failure);
});
