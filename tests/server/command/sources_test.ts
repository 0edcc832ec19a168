import { assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { resolveSettings } from "../../../server/command/settings.ts";
import { readSources, type Sources, withUsersOfFile } from "../../../server/command/sources.ts";
import { UsageError } from "../../../server/command/usage_error.ts";
import { TempTree } from "../files/temp_tree.ts";

const HASH = `sha256:${"0".repeat(64)}`;

/** The sources with these variables set. */
function read(args: string[], variables: Record<string, string> = {}): Sources {
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    return readSources(parseArguments(args));
  } finally {
    for (const name of Object.keys(variables)) Deno.env.delete(name);
  }
}

Deno.test("readSources() takes arguments before the environment, and that before the file", () => {
  using tree = new TempTree();
  const config = tree.write("serve.json", '{"port": 3, "host": "::3", "index": "3", "gzip": true}');
  const { values, variables, configFile } = read(
    ["--port", "1", "--config", config],
    { SERVE_PORT: "2", SERVE_HOST: "::2" },
  );
  assertEquals(
    [values.number("port"), values.text("host"), values.text("index"), values.flag("gzip")],
    [1, "::2", "3", true],
  );
  assertEquals([variables, configFile], [["SERVE_HOST", "SERVE_PORT"], config]);
});

Deno.test("readSources() finds the file by the environment, too", () => {
  using tree = new TempTree();
  const config = tree.write("serve.json", '{"port": 3}');
  assertEquals(read([], { SERVE_CONFIG: config }).values.number("port"), 3);
});

Deno.test("readSources() says which source is wrong", () => {
  using tree = new TempTree();
  const config = tree.write("serve.json", '{"prot": 3}');
  const refuses = (args: string[], variables: Record<string, string>, message: string): void => {
    assertThrows(() => read(args, variables), UsageError, `Cannot start: ${message}`);
  };
  refuses(["--config", config], {}, `there is no option "prot" for "${config}"`);
  refuses([], { SERVE_PORT: "abc" }, 'SERVE_PORT "abc" is not a number from 0 to 65535');
  refuses(["--port", "1"], { SERVE_PORT: "abc" }, 'SERVE_PORT "abc" is not');
  const missing = `${tree.root}/none.json`;
  refuses(["--config", missing], {}, `option "--config" names "${missing}": No such file`);
  refuses([], { SERVE_CONFIG: missing }, `SERVE_CONFIG names "${missing}": No such file`);
});

Deno.test({
  name: "readSources() reads what it may of the environment, without asking for more",
  permissions: { env: ["SERVE_PORT"] },
  fn() {
    // Any other variable that it tried to read would be an error.
    assertEquals(read([], { SERVE_PORT: "2" }).values.number("port"), 2);
  },
});

Deno.test({
  name: "readSources() needs no right to the environment",
  permissions: { env: false },
  fn() {
    assertEquals(read(["--port", "1"]).variables, []);
  },
});

Deno.test("withUsersOfFile() adds the users of the file", () => {
  using tree = new TempTree();
  const file = tree.write("users", `# both\none:${HASH}\ntwo:${HASH}\n`);
  const settings = resolveSettings(
    readSources(parseArguments(["--auth-file", file, "--auth", `three:${HASH}`])).values,
  );
  const { users } = withUsersOfFile(settings).site;
  assertEquals(users.map(({ user }) => user), ["one", "two", "three"]);
  const none = resolveSettings(readSources(parseArguments([])).values);
  assertEquals(withUsersOfFile(none), none);
});

Deno.test("withUsersOfFile() names file and line of what is wrong", () => {
  using tree = new TempTree();
  const refuses = (file: string, message: string): void => {
    const settings = resolveSettings(readSources(parseArguments(["--auth-file", file])).values);
    assertThrows(() => withUsersOfFile(settings), UsageError, message);
  };
  const file = tree.write("users", "hush\n");
  refuses(file, `Cannot start: "${file}": line 1 is not user:hash`);
  refuses(`${tree.root}/none`, `option "--auth-file" names "${tree.root}/none": No such file`);
});

Deno.test("readSources() tells variables that set nothing", () => {
  assertEquals(read([], { SERVE_PROT: "80", SERVE_PORT: "80" }).unknown, ["SERVE_PROT"]);
});

Deno.test({
  name: "readSources() tells no such variables where it may not list them",
  permissions: { env: ["SERVE_PROT"] },
  fn() {
    assertEquals(read([], { SERVE_PROT: "80" }).unknown, []);
  },
});
