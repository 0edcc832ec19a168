import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { tryReadSystemFile } from "../../../../client/dial/dns/system_file.ts";
import { runRestricted } from "../../support/restricted.ts";

Deno.test("tryReadSystemFile() reads a file, and knows when there is none", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/hosts`, "text");
    assertEquals(await tryReadSystemFile(`${folder}/hosts`, "nameservers"), "text");
    assertEquals(await tryReadSystemFile(`${folder}/none`, "nameservers"), undefined);
    await assertRejects(() => tryReadSystemFile(folder, "nameservers"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("tryReadSystemFile() names the option and the permission that it needs", async () => {
  const said = await runRestricted(
    [],
    `import { tryReadSystemFile } from "@client/dial/dns/system_file.ts";
    await tryReadSystemFile("/etc/hosts", "nameservers");`,
  );
  assertStringIncludes(said, 'option "nameservers" needs --allow-read=/etc/hosts');
});
