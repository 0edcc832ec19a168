import { assert, assertStringIncludes } from "@std/assert";
import { lookUpBySystem } from "../../../../client/dial/dns/system_resolver.ts";
import { assertConnectError } from "../../support/dialing.ts";
import { runRestricted } from "../../support/restricted.ts";

Deno.test("lookUpBySystem() knows the names of this machine", async () => {
  const addresses = await lookUpBySystem("localhost");
  assert(addresses.includes("127.0.0.1") || addresses.includes("::1"), `${addresses}`);
});

Deno.test("lookUpBySystem() says that a name has no address", async () => {
  // No label has more than 63 characters: the resolver says so by itself.
  const name = `${"x".repeat(64)}.test`;
  await assertConnectError(
    () => lookUpBySystem(name),
    "dns",
    `Cannot resolve "${name}": no such host is known`,
  );
});

Deno.test("lookUpBySystem() names the permission that is missing", async () => {
  const said = await runRestricted(
    [],
    `import { lookUpBySystem } from "@client/dial/dns/system_resolver.ts";
    await lookUpBySystem("localhost");`,
  );
  assertStringIncludes(said, `--allow-net for "localhost" is missing`);
});
