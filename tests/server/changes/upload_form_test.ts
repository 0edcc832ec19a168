import { assertEquals } from "@std/assert";
import { until } from "../../conformance/waiting.ts";
import { curl, testWith } from "../../peers/programs.ts";
import { assertRefused, Changing, formOf } from "./changing.ts";

Deno.test("the files of a form are saved in the folder that it is sent to", async () => {
  await using it = new Changing();
  it.tree.folder("sub");
  const { fields, body } = formOf(["a.txt", "first"], ["b c.txt", ""], [utf8("grüße"), "3"]);
  const response = await it.ask("POST /sub/", fields, body);
  assertEquals([response.status, response.headers["content-type"]], [201, "application/json"]);
  assertEquals(JSON.parse(fromUtf8(response.body)), {
    files: [{ name: "a.txt", size: 5 }, { name: "b c.txt", size: 0 }, { name: "grüße", size: 1 }],
  });
  assertEquals(it.list(), ["sub/", "sub/a.txt", "sub/b c.txt", "sub/grüße"]);
  assertEquals(it.read("sub/a.txt"), "first");
});

Deno.test("a form without a file is refused: it was meant to have one", async () => {
  await using it = new Changing();
  const body = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' +
    '--b\r\nContent-Disposition: form-data; name="f"; filename=""\r\n\r\n\r\n--b--\r\n';
  const response = await it.ask("POST /", formOf().fields, body);
  const why = "Cannot upload: no part of the form is a file, which has a filename";
  assertRefused(response, 400, why);
  assertEquals(it.list(), []);
});

Deno.test("a form from a page without script is answered with the way back", async () => {
  await using it = new Changing();
  it.tree.folder("sub");
  const accept = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";
  for (const target of ["/sub/", "/sub"]) {
    const { fields, body } = formOf([`of${target.length}`, "x"]);
    const { status, headers } = await it.ask(`POST ${target}`, [...fields, accept], body);
    assertEquals([status, headers["location"]], [303, target === "/sub/" ? "./" : "./sub/"]);
  }
  assertEquals(it.list(), ["sub/", "sub/of4", "sub/of5"]);
});

Deno.test("a name that is taken is 409, and nothing of the form stays", async () => {
  await using it = new Changing();
  it.tree.write("b", "old");
  const { fields, body } = formOf(["a", "1"], ["b", "2"], ["c", "3"]);
  assertRefused(
    await it.ask("POST /", fields, body),
    409,
    'Cannot upload "b": there is something named "b" already',
  );
  assertEquals([it.list(), it.read("b")], [["b"], "old"]);
  const twice = formOf(["a", "1"], ["a", "2"]);
  assertEquals((await it.ask("POST /", twice.fields, twice.body)).status, 409);
  assertEquals(it.list(), ["b"]);
});

Deno.test("a name that is taken meanwhile is 409, too, and nothing of the form stays", async () => {
  await using it = new Changing();
  using client = await it.connect();
  const { fields, body } = formOf(["a", "1"], ["b", "2"]);
  const cut = body.length - 7;
  const length = `Content-Length: ${body.length}`;
  await client.request("POST /", [...fields, length, "Expect: 100-continue"]);
  assertEquals((await client.readHead()).status, 100);
  await client.send(body.slice(0, cut));
  await until("both files are under way", () => it.list().length === 2);
  it.tree.write("b", "old");
  await client.send(body.slice(cut));
  assertRefused(await client.readResponse(), 409, 'Cannot upload "b": it exists already');
  assertEquals([it.list(), it.read("b")], [["b"], "old"]);
});

Deno.test("with the right to overwrite a file is replaced, a folder never", async () => {
  await using it = new Changing({ rights: { overwrite: true } });
  it.tree.write("a", "old");
  it.tree.write("sub/x");
  const form = formOf(["a", "new"]);
  assertEquals((await it.ask("POST /", form.fields, form.body)).status, 201);
  assertEquals(it.read("a"), "new");
  const over = formOf(["sub", "new"]);
  assertEquals((await it.ask("POST /", over.fields, over.body)).status, 409);
  assertEquals(it.list(), ["a", "sub/", "sub/x"]);
});

Deno.test("names that are no plain names are 400, and nothing is written anywhere", async () => {
  await using it = new Changing();
  const names = [
    "..",
    ".",
    "../x",
    "a/b",
    "/etc/x",
    "C:\\x",
    "..\\x",
    ".hidden",
    ".upload-0123456789abcdef0123456789abcdef",
    "a\x01b",
    "a\tb",
    "x".repeat(256),
    utf8("é".repeat(200)),
  ];
  for (const name of names) {
    const { fields, body } = formOf([name, "x"]);
    const { status } = await it.ask("POST /", fields, body);
    assertEquals([status, it.list()], [400, []], JSON.stringify(name));
  }
  assertEquals([...Deno.readDirSync(it.tree.top)].map(({ name }) => name).sort(), [
    "outside",
    "root",
  ]);
});

Deno.test("a form that is malformed, cut, or none is refused, and leaves nothing", async () => {
  await using it = new Changing();
  const { fields, body } = formOf(["a", "1"], ["b", "2"]);
  const bad: [string[], string, number][] = [
    [fields, body.slice(0, -10), 400],
    [fields, body.replace("--b--", "--b-x"), 400],
    [fields, body.replace('name="file"; ', ""), 400],
    [["Content-Type: text/plain"], body, 415],
    [[], body, 415],
    [["Content-Type: multipart/form-data"], body, 400],
  ];
  for (const [sent, text, status] of bad) {
    assertEquals((await it.ask("POST /", sent, text)).status, status, text);
    assertEquals(it.list(), []);
  }
});

Deno.test("a file of a form is not larger than allowed", async () => {
  await using it = new Changing({ rights: { maxUploadBytes: 4 } });
  const small = formOf(["a", "1234"], ["b", "5678"]);
  assertEquals((await it.ask("POST /", small.fields, small.body)).status, 201);
  const large = formOf(["c", "1234"], ["d", "12345"]);
  assertRefused(
    await it.ask("POST /", large.fields, large.body),
    413,
    'Cannot accept message: more than 4 allowed by "--max-upload"',
  );
  assertEquals(it.list(), ["a", "b"]);
});

Deno.test("a folder that is not there, or is a file, takes no files", async () => {
  await using it = new Changing();
  it.tree.write("file");
  it.tree.link("out", "../outside");
  const { fields, body } = formOf(["a", "1"]);
  for (const target of ["/none/", "/file/", "/out/"]) {
    assertEquals((await it.ask(`POST ${target}`, fields, body)).status, 404, target);
  }
  assertEquals([...Deno.readDirSync(it.tree.outside)], []);
});

testWith(["curl"], "curl -F uploads files", async () => {
  await using it = new Changing();
  const path = it.tree.writeOutside("local.txt", "from curl\n".repeat(50_000));
  const { stdout } = await curl([
    "-F",
    `one=@${path}`,
    "-F",
    `two=@${path};filename=second name.txt`,
    `${it.url}/`,
  ]);
  assertEquals(JSON.parse(stdout).files.map(({ size }: { size: number }) => size), [
    500_000,
    500_000,
  ]);
  assertEquals(it.list(), ["local.txt", "second name.txt"]);
  assertEquals(it.read("local.txt"), Deno.readTextFileSync(path));
});

function utf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

function fromUtf8(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (it) => it.charCodeAt(0)));
}
