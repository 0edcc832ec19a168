import { assertEquals, assertStrictEquals } from "@std/assert";
import { FragmentKeeper } from "../../../server/websocket/fragment_keeper.ts";
import { loadLibrary } from "../../../server/websocket/library.ts";
import { MessageReader } from "../../../server/websocket/message_reader.ts";
import { frame } from "./raw_websocket.ts";

Deno.test("fragments that hold far more than their bytes are joined, new ones with new ones", () => {
  const keeper = new FragmentKeeper();
  const piece = Uint8Array.from({ length: 100 }, (_, i) => i);
  const fragments = [piece.subarray(0, 2), piece.subarray(10, 12)];
  keeper.look(fragments);
  assertEquals(fragments, [Uint8Array.of(0, 1, 10, 11)]);
  assertEquals(fragments[0]!.buffer.byteLength, 4);
  const first = fragments[0]!;
  fragments.push(piece.subarray(20, 22));
  keeper.look(fragments);
  assertEquals(fragments, [first, Uint8Array.of(20, 21)]);
  assertStrictEquals(fragments[0], first);
});

Deno.test("fragments that hold little more than their bytes stay as they are", () => {
  const keeper = new FragmentKeeper();
  const piece = new Uint8Array(100);
  const fragments = [piece.subarray(0, 30), piece.subarray(40, 60)];
  const before = [...fragments];
  keeper.look(fragments);
  assertEquals(fragments.every((it, i) => it === before[i]), true);
  keeper.look(undefined);
  // Those of the next message are new, however many there are.
  const next = [piece.subarray(0, 1), piece.subarray(2, 3), piece.subarray(4, 5)];
  keeper.look(next);
  assertEquals(next.length, 1);
});

Deno.test("a message in many fragments of the library's holds about what it has", async () => {
  const { Receiver } = await loadLibrary();
  const receiver = new Receiver({
    isServer: true,
    extensions: {},
    maxPayload: 1000,
    maxFragments: 1000,
  });
  let message = "";
  receiver.on("message", (data) => message = new TextDecoder().decode(data));
  const arrivals = Array.from({ length: 900 }, (_, i) => [
    ...frame(i === 0 ? "text" : "continuation", String(i % 10), { fin: false }),
    ...Array.from({ length: 30 }, () => [...frame("ping", "x".repeat(100))]).flat(),
  ]);
  let held = 0;
  const source = {
    read: (into: Uint8Array) => {
      const next = arrivals.shift();
      if (next === undefined) return Promise.resolve(null);
      into.set(next);
      const buffers = new Set(receiver._fragments!.map(({ buffer }) => buffer));
      held = Math.max(held, [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0));
      return Promise.resolve(next.length);
    },
  };
  const host = { arrived() {}, ready: () => Promise.resolve(), refused() {} };
  const reader = new MessageReader(source, receiver, host);
  await reader.run(new Uint8Array(0));
  assertEquals([held >= 890, held <= 1800, message], [true, true, ""]);
  await new MessageReader({ read: () => Promise.resolve(null) }, receiver, host)
    .run(frame("continuation", "!"));
  assertEquals(message, `${"0123456789".repeat(90)}!`);
});
