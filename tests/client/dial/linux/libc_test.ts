import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import {
  lastError,
  LibcError,
  loadLibc,
  socketAddress,
} from "../../../../client/dial/linux/libc.ts";
import { runRestricted } from "../../support/restricted.ts";
import { testOnLinux } from "../../support/socket_options.ts";

testOnLinux([], "loadLibc() loads the library once", () => {
  assertEquals(loadLibc("mark") === loadLibc("device"), true);
});

testOnLinux([], "loadLibc() names the option and the permission that it needs", async () => {
  const said = await runRestricted(
    [],
    `import { loadLibc } from "@client/dial/linux/libc.ts";
    loadLibc("device");`,
  );
  assertStringIncludes(said, 'option "device" needs --allow-ffi');
});

testOnLinux([], "lastError() has the name of the error of the call before", () => {
  const libc = loadLibc("mark");
  const NO_SUCH_FAMILY = 9999;
  assertEquals(libc.socket(NO_SUCH_FAMILY, 1, 0), -1);
  const error = lastError(libc, "socket");
  assertInstanceOf(error, LibcError);
  assertEquals(error.message, "socket failed: errno 97");
});

Deno.test("LibcError has a code that others know", () => {
  assertEquals(new LibcError("connect", 111).code, "ECONNREFUSED");
  assertEquals(new LibcError("connect", 111).message, "connect failed: ECONNREFUSED");
});

Deno.test("socketAddress() lays addresses out as the kernel reads them", () => {
  const family = (bytes: Uint8Array<ArrayBuffer>) => new Uint16Array(bytes.buffer, 0, 1)[0];
  const v4 = socketAddress("192.0.2.1", 0x1234);
  assertEquals(family(v4), 2);
  assertEquals([...v4.subarray(2)], [0x12, 0x34, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const v6 = socketAddress("2001:db8::1", 0x1234);
  assertEquals(family(v6), 10);
  assertEquals([...v6.subarray(2, 8)], [0x12, 0x34, 0, 0, 0, 0]);
  assertEquals([...v6.subarray(8, 24)], [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  assertEquals([...v6.subarray(24)], [0, 0, 0, 0]);
});
