import { assertEquals } from "@std/assert";
import { FrameOutlet } from "../../../server/websocket/frame_outlet.ts";
import { until } from "../../conformance/waiting.ts";

/** A connection that takes as many bytes at a time as it is told to. */
class Target {
  readonly written: number[][] = [];
  readonly events: string[] = [];
  readonly outlet: FrameOutlet;
  #most: number;
  #gate: Promise<void>;

  constructor(most = Infinity, gate: Promise<void> = Promise.resolve()) {
    this.#most = most;
    this.#gate = gate;
    this.outlet = new FrameOutlet(this, {
      moved: () => this.events.push(`${this.outlet.accepted} of ${this.total}`),
      failed: (error) => this.events.push(String(error)),
    });
  }

  get total(): number {
    return this.outlet.accepted + this.outlet.pending;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate;
    const taken = bytes.subarray(0, this.#most);
    this.written.push([...taken]);
    return taken.length;
  }

  /** Writes, and tells when it was accepted. */
  put(...bytes: number[]): void {
    this.outlet.write(Uint8Array.from(bytes), () => this.events.push(`done ${bytes}`));
  }
}

const idle = (target: Target): Promise<void> =>
  until("all is written", () => target.outlet.pending === 0 && target.events.length > 0);

Deno.test("what is written in one go leaves in one write", async () => {
  const target = new Target();
  target.outlet.cork();
  target.put(1, 2);
  target.put(3);
  target.outlet.uncork();
  target.put(4);
  assertEquals([target.outlet.pending, target.outlet.accepted], [4, 0]);
  await idle(target);
  assertEquals(target.written, [[1, 2, 3, 4]]);
  assertEquals(target.events, ["done 1,2", "done 3", "done 4", "4 of 4"]);
});

Deno.test("what the socket takes in parts is written in order, and told of", async () => {
  const target = new Target(2);
  target.put(1, 2, 3);
  target.put(4, 5);
  await idle(target);
  assertEquals(target.written, [[1, 2], [3, 4], [5]]);
  assertEquals(target.events, ["2 of 5", "4 of 5", "done 1,2,3", "done 4,5", "5 of 5"]);
});

Deno.test("large pieces are not copied together with others", async () => {
  const target = new Target();
  const large = new Uint8Array(65536).fill(7);
  target.outlet.write(Uint8Array.of(1));
  target.outlet.write(large);
  target.outlet.write(Uint8Array.of(2));
  await until("all is written", () => target.written.length === 3);
  assertEquals(target.written.map(({ length }) => length), [1, 65536, 1]);
});

Deno.test("small pieces are copied at once, in their order, around large ones", async () => {
  const gate = Promise.withResolvers<void>();
  const target = new Target(Infinity, gate.promise);
  const small = Uint8Array.of(1, 2);
  const expected: number[] = [];
  for (let i = 0; i < 300; i++) {
    small.fill(i & 255);
    target.outlet.write(small, () => {});
    expected.push(...small);
    if (i % 100 !== 99) continue;
    const large = new Uint8Array(5000).fill(i);
    target.outlet.write(large);
    expected.push(...large);
  }
  small.fill(0);
  assertEquals([target.outlet.pending, target.outlet.waiting], [15_600, 300]);
  gate.resolve();
  await idle(target);
  assertEquals([target.written.length, target.outlet.waiting], [1, 0]);
  assertEquals(target.written.flat(), expected);
});

Deno.test("a crowd of small pieces leaves in full writes", async () => {
  const gate = Promise.withResolvers<void>();
  const target = new Target(Infinity, gate.promise);
  for (let i = 0; i < 70_000; i++) target.outlet.write(Uint8Array.of(i & 255, i >> 8));
  gate.resolve();
  await idle(target);
  assertEquals(target.written.map(({ length }) => length), [65536, 65536, 8928]);
  const isRight = (it: number, i: number): boolean => it === (i >> (i & 1 ? 9 : 1) & 255);
  assertEquals(target.written.flat().every(isRight), true);
});

Deno.test("what is cut from something far larger does not keep it", async () => {
  const gate = Promise.withResolvers<void>();
  const target = new Target(Infinity, gate.promise);
  const whole = new Uint8Array(65536).fill(7);
  target.outlet.write(whole.subarray(0, 5000));
  whole.fill(0);
  gate.resolve();
  await idle(target);
  assertEquals(target.written, [Array.from({ length: 5000 }, () => 7)]);
});

Deno.test("a write that fails is told of once, and nothing is written or told afterwards", async () => {
  const target = new Target(Infinity, Promise.reject(new Error("broken")));
  target.put(1);
  await until("it fails", () => target.events.length > 0);
  target.put(2);
  assertEquals([target.outlet.destroyed, target.events], [true, ["Error: broken"]]);
});

Deno.test("what is destroyed tells of nothing any more", async () => {
  const gate = Promise.withResolvers<void>();
  const target = new Target(Infinity, gate.promise);
  target.put(1);
  target.put(2);
  target.outlet.destroy();
  gate.resolve();
  await gate.promise;
  await Promise.resolve();
  assertEquals(target.events, []);
});
