import { assertEquals, assertThrows } from "@std/assert";
import { resolveWebSocketOptions } from "../../../server/websocket/options.ts";

Deno.test("resolveWebSocketOptions() has finite defaults", () => {
  assertEquals(resolveWebSocketOptions({}), {
    protocol: undefined,
    protocols: [],
    allowOrigin: undefined,
    idleMs: 30_000,
    closeMs: 10_000,
    maxMessageBytes: 16 * 1024 * 1024,
    maxBufferedAmount: 16 * 1024 * 1024,
    compression: false,
  });
});

Deno.test("resolveWebSocketOptions() takes what was given, and copies lists", () => {
  const protocols = ["a"];
  const resolved = resolveWebSocketOptions({
    protocol: "",
    protocols,
    allowOrigin: ["https://example.com"],
    idleTimeout: 0,
    closeTimeout: 0.5,
    maxMessageBytes: 1,
    maxBufferedAmount: Infinity,
    compression: true,
  });
  protocols.push("b");
  assertEquals(resolved, {
    protocol: undefined,
    protocols: ["a"],
    allowOrigin: ["https://example.com"],
    idleMs: 0,
    closeMs: 500,
    maxMessageBytes: 1,
    maxBufferedAmount: Infinity,
    compression: true,
  });
});

Deno.test("resolveWebSocketOptions() refuses what is no option, naming it", () => {
  const types: [name: string, value: unknown][] = [
    ["protocol", "a b"],
    ["protocol", 1],
    ["protocols", "a"],
    ["protocols", ["a", ""]],
    ["allowOrigin", "https://example.com"],
    ["allowOrigin", [1]],
    ["idleTimeout", "30"],
    ["maxMessageBytes", 1n],
    ["compression", {}],
  ];
  for (const [name, value] of types) {
    assertThrows(() => resolveWebSocketOptions({ [name]: value }), TypeError, `option "${name}"`);
  }
  const ranges: [name: string, value: number][] = [
    ["idleTimeout", -1],
    ["closeTimeout", NaN],
    ["maxMessageBytes", 0],
    ["maxMessageBytes", 2 ** 31],
    ["maxMessageBytes", Infinity],
    ["maxBufferedAmount", 1.5],
  ];
  for (const [name, value] of ranges) {
    assertThrows(() => resolveWebSocketOptions({ [name]: value }), RangeError, `option "${name}"`);
  }
  assertThrows(() => resolveWebSocketOptions(null as never), TypeError, "not an object");
});

Deno.test("resolveWebSocketOptions() knows all options, and names one that it does not", () => {
  for (const options of [{ maxMessageByte: 1 }, { protocol: "a", maxMessageByte: undefined }]) {
    assertThrows(
      () => resolveWebSocketOptions(options as never),
      TypeError,
      'Cannot upgrade: no option "maxMessageByte"',
    );
  }
});
