import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseArguments } from "../../../client/command/arguments.ts";
import { prepareBody, type PreparedBody } from "../../../client/command/body.ts";
import { UsageError } from "../../../client/command/errors.ts";
import type { Input } from "../../../client/command/input.ts";
import { FileBody } from "../../../client/file_body.ts";
import type { MultipartForm } from "../../../multipart/form.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

const FORM_TYPE: PreparedBody["fields"] = [["Content-Type", ["application/x-www-form-urlencoded"]]];

const STDIN: Input = {
  readAll: () => Promise.resolve(new TextEncoder().encode("typed\n")),
  stream: () => new Blob(["typed\n"]).stream(),
};

async function prepare(args: string[], url = "http://a.test/b"): Promise<PreparedBody> {
  const command = parseArguments([url, ...args]);
  if (command.action !== "get") throw new Error("Not a get");
  return await prepareBody(command.get, STDIN);
}

/** The body of -d and its relatives as text. */
async function data(...args: string[]): Promise<string> {
  const { body } = await prepare(args);
  if (!(body instanceof Uint8Array)) throw new Error("Not bytes");
  return new TextDecoder().decode(body);
}

Deno.test("prepareBody() sends nothing with GET and HEAD, or as -X says", async () => {
  for (
    const [args, method] of [[[], "GET"], [["-I"], "HEAD"], [["-X", "OPTIONS"], "OPTIONS"]] as const
  ) {
    const prepared = await prepare([...args]);
    assertEquals([prepared.method, prepared.body], [method, undefined]);
  }
});

Deno.test("prepareBody() joins the pieces of -d, which are a form for POST", async () => {
  const { method, fields } = await prepare(["-d", "a=1"]);
  assertEquals([method, fields], ["POST", FORM_TYPE]);
  assertEquals((await prepare(["-d", "a=1", "-XPUT"])).method, "PUT");
  assertEquals(await data("-d", "a=1", "--data-raw", "@b", "-d", "é"), "a=1&@b&é");
});

Deno.test("prepareBody() reads files and the standard input for -d, without line ends", async () => {
  using tree = new TempTree();
  const file = tree.write("file", "one\r\ntwo\0\n");
  assertEquals(await data("-d", `@${file}`), "onetwo");
  assertEquals(await data("--data-binary", `@${file}`, "-d", "@-"), "one\r\ntwo\0\n&typed");
  assertEquals(await data("--data-binary", "@-"), "typed\n");
});

Deno.test("prepareBody() sends a file alone from the disk", async () => {
  using tree = new TempTree();
  const file = tree.write("file.json", "{}");
  const { body, fields } = await prepare(["--data-binary", `@${file}`]);
  if (!(body instanceof FileBody)) throw new Error("Not a file");
  assertEquals([body.path, body.size], [file, 2]);
  assertEquals(fields, FORM_TYPE);
});

Deno.test("prepareBody() encodes what --data-urlencode says, but for the name", async () => {
  using tree = new TempTree();
  const file = tree.write("file", "a b\n");
  for (
    const [value, expected] of [
      ["a b&c", "a%20b%26c"],
      ["=a=b", "a%3Db"],
      ["name=é~-._", "name=%C3%A9~-._"],
      [`@${file}`, "a%20b%0A"],
      [`name@${file}`, "name=a%20b%0A"],
      ["", ""],
    ] as const
  ) {
    assertEquals(await data("--data-urlencode", value), expected, value);
  }
});

Deno.test("prepareBody() puts data into the query with -G, behind what is there", async () => {
  const plain = await prepare(["-G", "-d", "a=1", "-d", "b=2"]);
  assertEquals([plain.method, plain.url.search, plain.body], ["GET", "?a=1&b=2", undefined]);
  const more = await prepare(["-G", "-d", "a=1", "-I"], "http://a.test/?z");
  assertEquals([more.method, more.url.search], ["HEAD", "?z&a=1"]);
});

Deno.test("prepareBody() makes a form of -F and --form-string", async () => {
  const { method, body, fields } = await prepare(["-F", "a=b", "--form-string", "c=@d;e"]);
  assertEquals([method, fields], ["POST", []]);
  const text = await new Response((body as MultipartForm).stream()).text();
  assertStringIncludes(text, 'name="a"\r\n\r\nb\r\n');
  assertStringIncludes(text, 'name="c"\r\n\r\n@d;e\r\n');
});

Deno.test("prepareBody() joins the pieces of --json, which goes with its fields", async () => {
  using tree = new TempTree();
  const file = tree.write("file", "[1]\n");
  const { method, fields } = await prepare(["--json", "{}"]);
  assertEquals([method, fields], ["POST", [
    ["Content-Type", ["application/json"]],
    ["Accept", ["application/json"]],
  ]]);
  assertEquals(await data("--json", '{"a":', "--json", `@${file}`, "--json", "}"), '{"a":[1]\n}');
});

Deno.test("prepareBody() sends a file with -T, to its name where the URL is a folder", async () => {
  using tree = new TempTree();
  const file = tree.write("my file", "content");
  const prepared = await prepare(["-T", file], "http://a.test/folder/");
  assertEquals([prepared.method, prepared.url.pathname], ["PUT", "/folder/my%20file"]);
  assertEquals((await prepare(["-T", file])).url.pathname, "/b");
  const { body, fields } = await prepare(["-T", "-"], "http://a.test/folder/");
  assertEquals([prepared.fields, fields], [[["Content-Type", []]], [["Content-Type", []]]]);
  assertEquals(await new Response(body as ReadableStream).text(), "typed\n");
});

Deno.test("prepareBody() refuses what cannot be read, and parts without a name", async () => {
  using tree = new TempTree();
  const none = `${tree.root}/none`;
  for (
    const args of [
      ["-T", none],
      ["-d", `@${none}`],
      ["--data-binary", `@${none}`],
      ["--data-urlencode", `a@${none}`],
      ["-F", `a=@${none}`],
      ["-F", `a=<${none}`],
      ["-T", tree.root],
    ]
  ) {
    const error = await assertRejects(() => prepare(args), HttpError);
    assertEquals(error.code, "file", args.join(" "));
  }
  for (const part of ["a", "=b", ""]) {
    await assertRejects(() => prepare(["-F", part]), UsageError, "has no name");
  }
});
