import { Duplex } from "node:stream";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { NodeTransport } from "../../../client/dial/node_transport.ts";
import { bytesOf, textOf } from "../../wire/fakes.ts";

const ADDR: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.1", port: 80 };

class Hold {
  isRef = true;
  ref(): void {
    this.isRef = true;
  }
  unref(): void {
    this.isRef = false;
  }
}

/** A stream of which both ends are here. */
class Pipe {
  readonly written: string[] = [];
  readonly hold = new Hold();
  hasEnded = false;
  /** Calls back when a write is done; undefined: at once. */
  onWrite: ((done: (error?: Error) => void) => void) | undefined;
  readonly stream: Duplex;
  readonly transport: NodeTransport;

  constructor(flawOfEnd?: () => unknown) {
    this.stream = new Duplex({
      allowHalfOpen: true,
      read() {},
      write: (bytes, _encoding, done) => {
        this.written.push(textOf(bytes));
        if (this.onWrite === undefined) done();
        else this.onWrite(done);
      },
      final: (done) => {
        this.hasEnded = true;
        done();
      },
    });
    this.transport = new NodeTransport(
      this.stream,
      { localAddr: ADDR, remoteAddr: ADDR },
      this.hold,
      flawOfEnd,
    );
  }

  async read(length = 100): Promise<string | null> {
    const into = new Uint8Array(length);
    const count = await this.transport.read(into);
    return count === null ? null : textOf(into.subarray(0, count));
  }
}

Deno.test("NodeTransport reads what arrives, in pieces that fit", async () => {
  const pipe = new Pipe();
  pipe.stream.push(bytesOf("abcdefg"));
  assertEquals(await pipe.read(3), "abc");
  assertEquals(await pipe.read(3), "def");
  assertEquals(await pipe.read(3), "g");
  pipe.transport.close();
});

Deno.test("NodeTransport: a parked read gets what arrives later", async () => {
  const pipe = new Pipe();
  const parked = pipe.read();
  await Promise.resolve();
  pipe.stream.push(bytesOf("later"));
  assertEquals(await parked, "later");
  pipe.transport.close();
});

Deno.test("NodeTransport: a parked read sees the end, and so does every one after it", async () => {
  const pipe = new Pipe();
  const parked = pipe.read();
  await Promise.resolve();
  pipe.stream.push(null);
  assertEquals(await parked, null);
  assertEquals(await pipe.read(), null);
  pipe.transport.close();
});

Deno.test("NodeTransport: an end that is none is a failure, after what arrived before it", async () => {
  const pipe = new Pipe(() => new RangeError("cut short"));
  pipe.stream.push(bytesOf("last words"));
  pipe.stream.push(null);
  assertEquals(await pipe.read(), "last words");
  await assertRejects(() => pipe.read(), RangeError, "cut short");
  await assertRejects(() => pipe.read(), RangeError, "cut short");
  pipe.transport.close();
});

Deno.test("NodeTransport gives what arrived before the end first", async () => {
  const pipe = new Pipe();
  pipe.stream.push(bytesOf("last words"));
  pipe.stream.push(null);
  assertEquals(await pipe.read(), "last words");
  assertEquals(await pipe.read(), null);
  pipe.transport.close();
});

Deno.test("NodeTransport: the end of the incoming stream does not end the outgoing one", async () => {
  const pipe = new Pipe();
  pipe.stream.push(null);
  assertEquals(await pipe.read(), null);
  assertEquals(await pipe.transport.write(bytesOf("still")), 5);
  assertEquals([pipe.written, pipe.hasEnded], [["still"], false]);
  pipe.transport.close();
});

Deno.test("NodeTransport: close() ends a parked read and a write under way", async () => {
  const pipe = new Pipe();
  pipe.onWrite = () => {};
  const parked = pipe.read();
  const writing = pipe.transport.write(bytesOf("stuck"));
  pipe.transport.close();
  await assertRejects(() => parked, Error);
  await assertRejects(() => writing, Error);
  await assertRejects(() => pipe.read(), Error, "closed");
  await assertRejects(() => pipe.transport.write(bytesOf("more")), Error, "closed");
  await assertRejects(() => pipe.transport.closeWrite(), Error, "closed");
  assert(pipe.stream.destroyed);
});

Deno.test("NodeTransport: a failure of the stream ends a parked read", async () => {
  const pipe = new Pipe();
  const parked = pipe.read();
  pipe.stream.destroy(new RangeError("reset"));
  await assertRejects(() => parked, RangeError, "reset");
  await assertRejects(() => pipe.read(), RangeError, "reset");
});

Deno.test("NodeTransport: a write resolves when the bytes are taken", async () => {
  const pipe = new Pipe();
  const taken = Promise.withResolvers<void>();
  let isTaken = false;
  pipe.onWrite = (done) =>
    taken.promise.then(() => {
      isTaken = true;
      done();
    });
  const writing = pipe.transport.write(bytesOf("bytes"));
  taken.resolve();
  assertEquals([await writing, isTaken], [5, true]);
  pipe.transport.close();
});

Deno.test("NodeTransport: closeWrite() ends the outgoing stream after what was written", async () => {
  const pipe = new Pipe();
  await pipe.transport.write(bytesOf("all"));
  await pipe.transport.closeWrite();
  assertEquals([pipe.written, pipe.hasEnded], [["all"], true]);
  pipe.stream.push(bytesOf("answer"));
  assertEquals(await pipe.read(), "answer");
  pipe.transport.close();
});

Deno.test("NodeTransport: ref() and unref() are those of the socket at the bottom", () => {
  const pipe = new Pipe();
  pipe.transport.unref();
  assertEquals(pipe.hold.isRef, false);
  pipe.transport.ref();
  assertEquals(pipe.hold.isRef, true);
  pipe.transport.close();
});

Deno.test("NodeTransport: after failWrites() nothing can be written, and reading goes on", async () => {
  const pipe = new Pipe();
  pipe.onWrite = () => {}; // never done
  const writing = pipe.transport.write(bytesOf("late"));
  const failure = new Error("broken pipe");
  pipe.transport.failWrites(failure);
  for (const attempt of [() => writing, () => pipe.transport.write(bytesOf("later"))]) {
    assertEquals(await assertRejects(attempt), failure);
  }
  pipe.stream.push(bytesOf("an answer"));
  pipe.stream.push(null);
  assertEquals([await pipe.read(), await pipe.read()], ["an answer", null]);
  pipe.transport.close();
});
