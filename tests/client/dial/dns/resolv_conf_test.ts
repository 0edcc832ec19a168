import { assertEquals } from "@std/assert";
import { parseResolvConf, systemNameServers } from "../../../../client/dial/dns/resolv_conf.ts";

const TEXT = `# nameserver 192.0.2.1
search example.test
nameserver 192.0.2.2
  nameserver\t2001:db8::3
nameserver nonsense
options timeout:1
`;
const SERVERS = [{ ipAddr: "192.0.2.2", port: 53 }, { ipAddr: "2001:db8::3", port: 53 }];

Deno.test("parseResolvConf() reads the servers in their order", () => {
  assertEquals(parseResolvConf(TEXT), SERVERS);
  assertEquals(parseResolvConf(""), []);
});

Deno.test("systemNameServers() reads the file, and without servers in it names this machine", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, TEXT);
    assertEquals(await systemNameServers("mark", path), SERVERS);
    await Deno.writeTextFile(path, "search example.test\n");
    assertEquals(await systemNameServers("mark", path), [{ ipAddr: "127.0.0.1", port: 53 }]);
  } finally {
    await Deno.remove(path);
  }
});
