import { assertEquals, assertMatch } from "@std/assert";
import {
  hostsFilePath,
  lookUpInHostsFile,
  parseHostsFile,
} from "../../../../client/dial/dns/hosts_file.ts";

const TEXT = `# comment
127.0.0.1  localhost  Local.Test # the first
::1        localhost\tip6-localhost
not-an-address  wrong.test
192.0.2.7
192.0.2.8 twice.test
192.0.2.8 twice.test
`;

Deno.test("parseHostsFile() reads names with their addresses, in their order", () => {
  assertEquals([...parseHostsFile(TEXT)], [
    ["localhost", ["127.0.0.1", "::1"]],
    ["local.test", ["127.0.0.1"]],
    ["ip6-localhost", ["::1"]],
    ["twice.test", ["192.0.2.8"]],
  ]);
});

Deno.test("parseHostsFile() reads lines that end as on Windows", () => {
  assertEquals([...parseHostsFile("192.0.2.7 one.test\r\n192.0.2.8 two.test\r\n")], [
    ["one.test", ["192.0.2.7"]],
    ["two.test", ["192.0.2.8"]],
  ]);
});

Deno.test("lookUpInHostsFile() finds names in whatever case", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, TEXT);
    assertEquals(await lookUpInHostsFile("LOCAL.test", path), ["127.0.0.1"]);
    assertEquals(await lookUpInHostsFile("other.test", path), []);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("lookUpInHostsFile() finds nothing where there is no such file", async () => {
  assertEquals(await lookUpInHostsFile("localhost", "/nowhere/hosts"), []);
});

Deno.test("hostsFilePath() is where the system has it", () => {
  assertMatch(hostsFilePath(), /[\\/]etc[\\/]hosts$/);
});
