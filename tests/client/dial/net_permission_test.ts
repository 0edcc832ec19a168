import { assertEquals } from "@std/assert";
import { requireNetPermission } from "../../../client/dial/net_permission.ts";
import { runRestricted } from "../support/restricted.ts";

async function missing(permission: string[], ...args: string[]): Promise<string> {
  return await runRestricted(
    permission,
    `import { requireNetPermission } from "@client/dial/net_permission.ts";
    try {
      requireNetPermission(${args.join(", ")});
      console.log("granted");
    } catch (error) {
      console.log(error.message);
    }`,
  );
}

Deno.test("requireNetPermission() is content with what is granted", async () => {
  requireNetPermission("127.0.0.1", 0);
  for (const granted of ["--allow-net", "--allow-net=127.0.0.1", "--allow-net=127.0.0.1:80"]) {
    assertEquals(await missing([granted], '"127.0.0.1"', "80"), "granted\n");
  }
  assertEquals(await missing(["--allow-net=[::1]:0"], '"::1"', "0"), "granted\n");
});

Deno.test("requireNetPermission() names what is missing, and the option that needs it", async () => {
  const granted = ["--allow-net=127.0.0.1:81"];
  assertEquals(
    await missing(granted, '"127.0.0.1"', "80"),
    "--allow-net=127.0.0.1:80 is missing\n",
  );
  assertEquals(
    await missing(granted, '"::1"', "0", '"localAddress"'),
    'option "localAddress" needs --allow-net=[::1]:0\n',
  );
});
