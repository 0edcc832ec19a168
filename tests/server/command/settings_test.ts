import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { parseConfig } from "../../../server/command/config_file.ts";
import { readEnvironment } from "../../../server/command/environment.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import {
  asksForPasswords,
  resolveSettings,
  type ServeSettings,
} from "../../../server/command/settings.ts";
import { UsageError } from "../../../server/command/usage_error.ts";

const USER = `me:sha256:${"0".repeat(64)}`;

function settingsOf(args: string[], environment: Record<string, string> = {}): ServeSettings {
  const variables = readEnvironment((name) => environment[name]);
  return resolveSettings(new OptionValues(parseArguments(args), variables));
}

function assertRefuses(args: string[], message: string, environment = {}): void {
  assertThrows(() => settingsOf(args, environment), UsageError, `Cannot start: ${message}`);
}

Deno.test("resolveSettings() lists folders and offers them as zip, and allows no changes, by default", () => {
  const { site, workers, open, qr, drainMs } = settingsOf([]);
  assertEquals(site.rights, { upload: false, edit: false, overwrite: false, zip: true });
  assertEquals(site.files.listing, true);
  assertEquals([site.prefix, site.cors, site.health, site.trustProxy], ["", ...Array(3)]);
  assertEquals([site.headers, site.users], [{}, []]);
  assertEquals([workers, open, qr, drainMs], [1, false, false, 0]);
});

Deno.test("resolveSettings() offers zips where it lists, unless told otherwise", () => {
  const rights = (args: string[]) => settingsOf(args).site.rights.zip;
  assertEquals(rights(["--no-listing"]), false);
  assertEquals(rights(["--no-listing", "--zip"]), true);
  assertEquals(rights(["--no-zip"]), false);
});

Deno.test("resolveSettings() gives rights to change as asked", () => {
  assertEquals(settingsOf(["--upload", "--overwrite", "--max-upload", "1.5M"]).site.rights, {
    ...{ upload: true, edit: false, overwrite: true, zip: true, maxUploadBytes: 1572864 },
  });
  assertEquals(settingsOf(["--edit", "--overwrite"]).site.rights.edit, true);
  assertRefuses(["--overwrite"], 'option "--overwrite" needs "--upload" or "--edit"');
  assertRefuses([], 'SERVE_OVERWRITE needs "--upload" or "--edit"', { SERVE_OVERWRITE: "1" });
  assertRefuses(["--max-upload", "1M"], 'option "--max-upload" needs "--upload"');
  assertRefuses(
    ["--upload", "--max-upload", "big"],
    '--max-upload "big" is not a size such as 64M',
  );
});

Deno.test("resolveSettings() passes on what is about files", () => {
  const { files } = settingsOf([
    ...["--precompressed", "--compress", "--links", "none", "--dotfiles", "--clean-urls"],
    ...["--hidden", "*.bak", "--hidden", "a/**", "--spa", "--404", "./404.html", "--memory", "1M"],
    ...["--cache", "assets/**=immutable", "--cache", "*.html=private, max-age=5"],
  ]).site;
  assertEquals(files, {
    ...{ precompressed: ["br", "zstd", "gzip"], compress: true, links: "none", dotfiles: true },
    ...{ cleanUrls: true, hidden: ["*.bak", "a/**"], spa: "index.html", notFound: "404.html" },
    cache: { maxBytes: 1048576 },
    cacheControl: [
      { glob: "assets/**", value: "immutable" },
      { glob: "*.html", value: "private, max-age=5" },
    ],
    ...{ listing: false, headers: {} },
  });
  assertEquals(settingsOf(["--memory", "off"]).site.files.cache, false);
  assertEquals(settingsOf(["--precompressed=gzip, br"]).site.files.precompressed, ["gzip", "br"]);
  assertEquals(settingsOf(["--spa=app.html"]).site.files.spa, "app.html");
});

Deno.test("resolveSettings() refuses what cannot be about files", () => {
  assertRefuses(
    ["--precompressed=br,lzma"],
    '--precompressed "br,lzma" has "lzma", not of br, zstd, gzip',
  );
  assertRefuses(
    ["--cache", "*.html"],
    '--cache "*.html" is not a rule such as "assets/**=immutable"',
  );
  assertRefuses(["--cache", "=x"], '--cache "=x" is not a rule');
  assertRefuses(["--cache", "!a=x"], '--cache "!a" is not possible: ');
  assertRefuses(["--hidden", "../a"], '--hidden "../a" is not possible: ');
  assertRefuses(["--spa=../a"], '--spa "../a" is not a file below the folder');
  assertRefuses(["--404", "/"], '--404 "/" is not a file below the folder');
  assertRefuses(["--index", "a/b"], '--index "a/b" is not the name of a file');
  assertRefuses([], 'SERVE_MEMORY "lots" is not a size such as 64M', { SERVE_MEMORY: "lots" });
});

Deno.test("resolveSettings() takes fields for every answer, and joins those of one name", () => {
  const { headers, files } = settingsOf(
    ["--header", "X-A: 1", "--header", "x-a:2", "--header", "Link: <a>; rel=b"],
  ).site;
  assertEquals(headers, { "x-a": "1, 2", Link: "<a>; rel=b" });
  assertEquals(files.headers, headers);
  for (const text of ["X-A", "X A: b", ": b", "X-A:", "X-A: b\u2028c", "X-A: a\rb"]) {
    assertRefuses(["--header", text], `--header ${JSON.stringify(text)} is not a field such as`);
  }
  assertRefuses(
    ["--header", "Set-Cookie: a=1", "--header", "set-cookie: b=2"],
    '--header "set-cookie: b=2" is a second cookie: there can be one',
  );
  for (const name of ["Content-Length", "transfer-encoding", "Date", "ETag", "Vary"]) {
    assertRefuses(
      ["--header", `${name}: 1`],
      `--header "${name}: 1" is a field that the server sets`,
    );
  }
});

Deno.test("resolveSettings() lets any or some origins read", () => {
  const any = settingsOf(["--cors"]).site;
  assertEquals(any.cors, "*");
  assertEquals(any.headers["Access-Control-Allow-Origin"], "*");
  assert(!("Access-Control-Allow-Credentials" in any.headers));
  const some = settingsOf(["--cors=https://a.example"]).site;
  assertEquals([some.cors, some.headers], [["https://a.example"], {}]);
  assertRefuses(["--cors=a.example"], '--cors "a.example" has "a.example", which is not an origin');
});

Deno.test("resolveSettings() reads paths, proxies and numbers", () => {
  const { site, workers, drainMs } = settingsOf(
    ["--prefix", "/a b/", "--health", "--trust-proxy=10.0.0.0/8", "--workers=2", "--drain=3"],
  );
  assertEquals([site.prefix, site.health, site.trustProxy], ["/a%20b", "/healthz", "10.0.0.0/8"]);
  assertEquals([workers, drainMs], [2, 3000]);
  assertRefuses(["--prefix", "a"], '--prefix "a" is not a path such as "/files"');
  assertRefuses(["--health=up"], '--health "up" is not a path such as "/healthz"');
  assertRefuses(["--health=/up?a"], '--health "/up?a" is not a path');
  assertRefuses(["--trust-proxy=me"], '--trust-proxy "me" is not possible: "me" is neither');
});

Deno.test("resolveSettings() logs as told, and not at all when quiet", () => {
  const log = (args: string[], environment = {}) => settingsOf(args, environment).site.log;
  assertEquals(log(["--log", "json"]), "json");
  assertEquals(log(["--quiet", "--log", "json"]), "none");
  assertEquals(log(["--quiet"], { SERVE_LOG: "json" }), "none");
  assertEquals(log(["--log", "json"], { SERVE_QUIET: "1" }), "json");
  assertEquals(log(["--no-quiet"], { SERVE_QUIET: "1" }), "common");
});

Deno.test("resolveSettings() shows nothing of what may be a password", () => {
  const attempt = (args: string[], environment = {}): string => {
    try {
      settingsOf(args, environment);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const known =
    "has no hash that is known: bcrypt, as `htpasswd -nbB` prints it, sha256:HEX or sha512:HEX";
  assertEquals(attempt(["--auth", "me:hush"]), `Cannot start: option "--auth" "me" ${known}`);
  assertEquals(attempt(["--auth", "hush"]), 'Cannot start: option "--auth" is not user:hash');
  assertEquals(attempt([], { SERVE_AUTH: "hush" }), "Cannot start: SERVE_AUTH is not user:hash");
});

Deno.test("resolveSettings() takes no passwords from elsewhere without TLS, unless told to", () => {
  const refused = 'passwords would reach "0.0.0.0" without TLS; use --cert and --key';
  assertRefuses(["--host", "0.0.0.0", "--auth", USER], refused);
  assertRefuses(["--host", "0.0.0.0", "--auth-file", "users"], refused);
  for (
    const args of [
      ["--auth", USER],
      ["--auth", USER, "--host", "localhost"],
      ["--auth", USER, "--host", "0.0.0.0", "--cert", "c", "--key", "k"],
      ["--auth-file", "users", "--host", "0.0.0.0", "--auth-without-tls"],
    ]
  ) assertEquals(asksForPasswords(settingsOf(args)), true);
  assertEquals(asksForPasswords(settingsOf(["--host", "0.0.0.0"])), false);
  assertRefuses(
    ["--auth-without-tls"],
    'option "--auth-without-tls" needs "--auth" or "--auth-file"',
  );
});

Deno.test("settings can be sent to a worker", () => {
  const settings = settingsOf([
    "--auth",
    USER,
    "--cors=https://a.example",
    "--cache",
    "a=b",
    "--spa",
  ]);
  assertEquals(structuredClone(settings), settings);
});

Deno.test("resolveSettings() asks for passwords or refuses, where it was to ask for them", () => {
  for (const SERVE_AUTH of ["", " ", "\n\n"]) {
    assertRefuses([], "SERVE_AUTH has no value", { SERVE_AUTH });
  }
  assertRefuses([], "SERVE_AUTH_FILE has no value", { SERVE_AUTH_FILE: "" });
  assertRefuses([], "SERVE_HIDDEN has no value", { SERVE_HIDDEN: " " });
  const config = (text: string) => new OptionValues(parseConfig(text, "a.json"));
  for (const auth of ["[]", '""', '[""]']) {
    assertThrows(() => config(`{"auth": ${auth}}`), UsageError, '"auth" in "a.json" has no value');
  }
  assertEquals(config('{"hidden": []}').list("hidden"), []);
});

Deno.test("resolveSettings() lists no folders of an application of one page, unless told to", () => {
  const lists = (args: string[]) => {
    const { files, rights } = settingsOf(args).site;
    return [files.listing, rights.zip];
  };
  assertEquals(lists(["--spa"]), [false, false]);
  assertEquals(lists(["--spa=app.html"]), [false, false]);
  assertEquals(lists(["--spa", "--listing"]), [true, true]);
  assertEquals(lists(["--spa", "--zip"]), [false, true]);
  assertEquals(lists(["--no-spa"]), [true, true]);
});

Deno.test("resolveSettings() waits half a minute for what is under way, unless told otherwise", () => {
  assertEquals([settingsOf([]).graceMs, settingsOf(["--grace", "0"]).graceMs], [30_000, 0]);
  assertRefuses(["--grace", "soon"], '--grace "soon" is not a number from 0 to 86400');
});
