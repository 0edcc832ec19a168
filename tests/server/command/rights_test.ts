import { assert, assertEquals } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import {
  describeRights,
  isGranted,
  missingRight,
  namesOfFolder,
} from "../../../server/command/rights.ts";
import { resolveSettings } from "../../../server/command/settings.ts";
import { TempTree } from "../files/temp_tree.ts";

const settingsOf = (args: string[]) => resolveSettings(new OptionValues(parseArguments(args)));

function describe(roots: string[], address = "127.0.0.1:80"): string {
  return describeRights({ roots, address, opener: "xdg-open", variables: ["SERVE_A", "SERVE_B"] });
}

Deno.test({
  name: "describeRights() says what is given, wholly or as far as the server needs it",
  permissions: { read: ["/tmp/a"], write: false, net: true, env: false, run: false },
  fn() {
    assertEquals(describe(["/tmp/a"]), "read the folder, net everything");
    assertEquals(describe(["/srv"]), "net everything");
  },
});

Deno.test({
  name: "describeRights() names the one address that may be listened on",
  permissions: { read: true, write: ["/tmp/a"], net: ["127.0.0.1:80"], env: true },
  fn() {
    assertEquals(
      describe(["/tmp/a"]),
      "read everything, write the folder, net 127.0.0.1:80, env everything",
    );
  },
});

Deno.test({
  name: "describeRights() names what is wider than needed, and what is beside the folder",
  permissions: {
    ...{ read: ["/tmp/a"], write: ["/tmp/a/b/c"], net: ["127.0.0.1"] },
    ...{ env: ["SERVE_*"], sys: ["networkInterfaces"], run: ["xdg-open"] },
  },
  fn() {
    assertEquals(
      describe(["/tmp/a/b/c"]),
      'read "/tmp/a", write the folder, net 127.0.0.1, env SERVE_*, run xdg-open, ' +
        "sys networkInterfaces",
    );
    assertEquals(
      describe(["/tmp/a/b/c"], "[::1]:80"),
      'read "/tmp/a", write the folder, env SERVE_*, run xdg-open, sys networkInterfaces',
    );
  },
});

Deno.test({
  name: "describeRights() names single variables, and a part of a folder's names as no right",
  permissions: { read: ["/tmp/link"], write: ["/tmp/a"], env: ["SERVE_B"] },
  fn() {
    assertEquals(describe(["/tmp/link", "/tmp/a"]), "env SERVE_B");
  },
});

Deno.test({
  name: "missingRight() names the flag that changes need",
  permissions: { read: true, write: ["/tmp/a"] },
  fn() {
    const missing = (args: string[], root: string) => missingRight(settingsOf(args), [root]);
    assertEquals(missing([], "/tmp/b"), undefined);
    assertEquals(missing(["--upload"], "/tmp/a"), undefined);
    assertEquals(missing(["--upload"], "/tmp/b")?.flag, "--allow-write=/tmp/b");
    assertEquals(missing(["--edit"], "/tmp/b")?.flag, "--allow-write=/tmp/b");
  },
});

Deno.test({
  name: "missingRight() asks for both names of a folder that is a link",
  permissions: { read: ["/tmp/link"], write: ["/tmp/link"] },
  fn() {
    assertEquals(missingRight(settingsOf(["--edit"]), ["/tmp/link", "/tmp/a"]), {
      flag: "--allow-read=/tmp/link,/tmp/a",
      why: "the folder is a link, or lies below one, and the right to read is for both its names",
      isForChanges: false,
    });
  },
});

Deno.test({
  name: "missingRight() asks for the right to write to both names",
  permissions: { read: true, write: ["/tmp/link"] },
  fn() {
    const missing = missingRight(settingsOf(["--edit"]), ["/tmp/link", "/tmp/a"]);
    assertEquals(missing?.flag, "--allow-write=/tmp/link,/tmp/a");
    assertEquals(missing?.isForChanges, true);
  },
});

Deno.test("namesOfFolder() tells its name as given, and the one without links", () => {
  using tree = new TempTree();
  tree.write("real/below/a.txt");
  Deno.symlinkSync(`${tree.root}/real`, `${tree.root}/link`);
  const real = Deno.realPathSync(tree.root);
  assertEquals(namesOfFolder(`${real}/real/below`), [`${real}/real/below`]);
  assertEquals(namesOfFolder(`${real}/link/below`), [`${real}/link/below`, `${real}/real/below`]);
  assertEquals(namesOfFolder("/none"), ["/none"]);
});

Deno.test({
  name: "isGranted() does not ask, and knows no right that there is not",
  permissions: { sys: ["networkInterfaces"] },
  fn() {
    assert(isGranted({ name: "sys", kind: "networkInterfaces" }));
    assert(!isGranted({ name: "sys", kind: "hostname" }));
    assert(!isGranted({ name: "env", variable: "SERVE_PORT" }));
    assert(!isGranted({ name: "moon" } as unknown as Deno.PermissionDescriptor));
  },
});
