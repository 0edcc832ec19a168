import { assertEquals, assertRejects } from "@std/assert";
import { allowedAddresses } from "../../../client/dial/address_guard.ts";
import { assertConnectError, noSignal } from "../support/dialing.ts";

const QUESTION = { host: "name.test", port: 80, url: new URL("http://name.test/path") };
const ADDRESSES = ["192.0.2.1", "::1", "192.0.2.2"];

Deno.test("allowedAddresses() asks about each address, with port and URL", async () => {
  const asked: [string, number, string][] = [];
  const allowed = await allowedAddresses(
    ADDRESSES,
    (address, port, url) => {
      asked.push([address, port, url.href]);
      return Promise.resolve(address !== "::1");
    },
    QUESTION,
    noSignal(),
  );
  assertEquals(allowed, ["192.0.2.1", "192.0.2.2"]);
  assertEquals(asked, ADDRESSES.map((it) => [it, 80, "http://name.test/path"]));
});

Deno.test("allowedAddresses() allows all where nobody is to be asked", async () => {
  assertEquals(await allowedAddresses(ADDRESSES, undefined, QUESTION, noSignal()), ADDRESSES);
});

Deno.test("allowedAddresses() names the addresses when all are refused", async () => {
  await assertConnectError(
    () => allowedAddresses(["192.0.2.1", "::1"], () => false, QUESTION, noSignal()),
    "connect",
    'Cannot connect to "name.test:80": "allowAddress" refuses "192.0.2.1", "::1"',
  );
});

Deno.test("allowedAddresses() passes on what the guard throws", async () => {
  const guard = () => {
    throw new RangeError("guard");
  };
  await assertRejects(() => allowedAddresses(ADDRESSES, guard, QUESTION, noSignal()), RangeError);
});

Deno.test("allowedAddresses() does not wait for a guard after an abort", async () => {
  const abort = new AbortController();
  const guard = () => {
    abort.abort(new URIError("enough"));
    return new Promise<boolean>(() => {});
  };
  await assertRejects(
    () => allowedAddresses(ADDRESSES, guard, QUESTION, abort.signal),
    URIError,
    "enough",
  );
});

Deno.test("allowedAddresses() does not let a guard change the URL", async () => {
  const guard = (_address: string, _port: number, url: URL) => {
    url.hostname = "changed.test";
    return true;
  };
  await allowedAddresses(ADDRESSES, guard, QUESTION, noSignal());
  assertEquals(QUESTION.url.hostname, "name.test");
});

Deno.test("allowedAddresses() shows what an address reaches, however it is spelled", async () => {
  const asked: string[] = [];
  const guard = (address: string) => {
    asked.push(address);
    return true;
  };
  await allowedAddresses(["::ffff:7f00:1", "0:0:0:0:0:0:0:1"], guard, QUESTION, noSignal());
  assertEquals(asked, ["127.0.0.1", "::1"]);
});
