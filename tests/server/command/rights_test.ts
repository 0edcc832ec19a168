import { assert, assertEquals } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import { describeRights, isGranted, missingRight } from "../../../server/command/rights.ts";
import { resolveSettings } from "../../../server/command/settings.ts";

const settingsOf = (args: string[]) => resolveSettings(new OptionValues(parseArguments(args)));

Deno.test({
  name: "describeRights() says what is given, wholly or as far as the server needs it",
  permissions: { read: ["/tmp"], write: false, net: true, env: false, run: false },
  fn() {
    assertEquals(describeRights("/tmp", "127.0.0.1:80"), "read the folder, net everything");
    assertEquals(describeRights("/srv", "127.0.0.1:80"), "net everything");
  },
});

Deno.test({
  name: "describeRights() names the one address that may be listened on",
  permissions: { read: true, write: ["/tmp/a"], net: ["127.0.0.1:80"], env: true },
  fn() {
    assertEquals(
      describeRights("/tmp/a", "127.0.0.1:80"),
      "read everything, write the folder, net 127.0.0.1:80, env everything",
    );
  },
});

Deno.test({
  name: "missingRight() names the flag that changes need",
  permissions: { read: true, write: ["/tmp/a"] },
  fn() {
    assertEquals(missingRight(settingsOf([]), "/tmp/b"), undefined);
    assertEquals(missingRight(settingsOf(["--upload"]), "/tmp/a"), undefined);
    assertEquals(missingRight(settingsOf(["--upload"]), "/tmp/b")?.flag, "--allow-write=/tmp/b");
    assertEquals(missingRight(settingsOf(["--edit"]), "/tmp/b")?.flag, "--allow-write=/tmp/b");
  },
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
