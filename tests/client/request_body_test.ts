import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { bodyWithFile, FileBody, type OpenedFile } from "../../client/file_body.ts";
import { type BodyOutput, outgoingBody, type RequestBody } from "../../client/request_body.ts";
import { MultipartForm } from "../../multipart/form.ts";
import { HttpError } from "../../wire/errors.ts";
import { bytesOf, textOf, turns } from "../wire/fakes.ts";

/** Takes a body, and may stop it. */
class Output implements BodyOutput {
  /** What was written, each piece by itself; files with their names. */
  readonly pieces: string[] = [];
  #stop: ((reason: unknown) => void) | undefined;

  get text(): string {
    return this.pieces.join("");
  }

  write(bytes: Uint8Array): Promise<void> {
    this.pieces.push(textOf(bytes));
    return Promise.resolve();
  }

  writeFile(file: OpenedFile, _path: string, count: number): Promise<void> {
    const into = new Uint8Array(count);
    let at = 0;
    while (at < count) at += file.readSync(into.subarray(at)) ?? count;
    return this.write(into);
  }

  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#stop = reject;
      promise.then(resolve, reject);
    });
  }

  stop(reason: unknown): void {
    this.#stop?.(reason);
  }
}

async function sent(body: RequestBody): Promise<string> {
  const output = new Output();
  await outgoingBody(body).writeTo(output);
  return output.text;
}

function facts(body: RequestBody) {
  const { length, contentType, replayable, bytes } = outgoingBody(body);
  return [length, contentType, replayable, bytes === undefined ? undefined : textOf(bytes)];
}

async function* chunks(...pieces: string[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (const piece of pieces) yield await Promise.resolve(bytesOf(piece));
}

Deno.test("bodies in memory have their length, and can be sent again", async () => {
  const text = "text/plain;charset=UTF-8";
  const form = "application/x-www-form-urlencoded;charset=UTF-8";
  assertEquals(facts("caf\u00e9"), [5, text, true, "caf\xc3\xa9"]);
  assertEquals(facts(""), [0, text, true, ""]);
  assertEquals(facts(bytesOf("a\xff")), [2, undefined, true, "a\xff"]);
  assertEquals(facts(bytesOf("abcd").subarray(1, 3)), [2, undefined, true, "bc"]);
  assertEquals(facts(bytesOf("ab").buffer), [2, undefined, true, "ab"]);
  assertEquals(facts(new URLSearchParams({ a: "b c", d: "\u00e9" })), [
    ...[14, form, true, "a=b+c&d=%C3%A9"],
  ]);
  assertEquals(await sent("abc"), "abc");
  assertEquals(await sent(bytesOf("a\xff")), "a\xff");
});

Deno.test("a Blob has its length and type, and can be sent again", async () => {
  const blob = new Blob(["ab", "c"], { type: "x/y" });
  assertEquals(facts(blob), [3, "x/y", true, undefined]);
  assertEquals(facts(new Blob(["a"])), [1, undefined, true, undefined]);
  assertEquals([await sent(blob), await sent(blob)], ["abc", "abc"]);
});

Deno.test("streams and iterables have no length, and can be sent once", async () => {
  assertEquals(facts(chunks("a")), [undefined, undefined, false, undefined]);
  assertEquals(await sent(chunks("ab", "", "c")), "abc");
  const stream = () => ReadableStream.from(chunks("ab", "c"));
  assertEquals(facts(stream()), [undefined, undefined, false, undefined]);
  assertEquals(await sent(stream()), "abc");
  assertEquals(await sent(chunks()), "");
});

Deno.test("a file is sent from disk, with its length and type", async () => {
  const path = await Deno.makeTempFile({ suffix: ".html" });
  try {
    await Deno.writeTextFile(path, "hello");
    const body = await bodyWithFile(path);
    assertEquals(facts(body), [5, "text/html; charset=UTF-8", true, undefined]);
    assertEquals([await sent(body), await sent(body)], ["hello", "hello"]);
    await Deno.writeTextFile(path, "hello!");
    await assertRejects(() => sent(body), HttpError, "it had 5 bytes and now has 6");
  } finally {
    await Deno.remove(path);
  }
  await assertRejects(() => sent(new FileBody(path, 5)), HttpError, `Cannot send file "${path}"`);
});

Deno.test("a form is sent in its parts, with the length that it said", async () => {
  const path = await Deno.makeTempFile({ suffix: ".txt" });
  try {
    await Deno.writeTextFile(path, "from disk");
    const form = new MultipartForm().add("a", "b").addFile("f", path)
      .addBlob("g", new Blob(["from memory"]));
    const [length, contentType, replayable] = facts(form);
    const text = await sent(form);
    assertEquals([text.length, replayable], [length, true]);
    assertMatch(String(contentType), /^multipart\/form-data; boundary=/);
    for (const part of ["from disk", "from memory"]) assert(text.includes(`\r\n\r\n${part}\r\n--`));
    assertEquals(await sent(form), text);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a form with a stream is sent once", async () => {
  const form = new MultipartForm()
    .addStream("s", ReadableStream.from(chunks("abc")), { size: 3, filename: "s" });
  assertEquals(facts(form)[2], false);
  assert((await sent(form)).includes("\r\n\r\nabc\r\n"));
});

Deno.test("a standard FormData becomes such a form", async () => {
  const data = new FormData();
  data.append("a", "b\u00e9");
  data.append("f", new File(["xyz"], "name.txt", { type: "text/x" }));
  const [length, contentType] = facts(data);
  const outgoing = outgoingBody(data);
  const output = new Output();
  await outgoing.writeTo(output);
  assertEquals(output.text.length, length);
  const read = await new Response(bytesOf(output.text), {
    headers: { "Content-Type": outgoing.contentType! },
  }).formData();
  assertMatch(String(contentType), /^multipart\/form-data; boundary=/);
  const file = read.get("f") as File;
  assertEquals([read.get("a"), file.name, file.type, await file.text()], [
    "b\u00e9",
    "name.txt",
    "text/x",
    "xyz",
  ]);
});

Deno.test("what is no body is refused", () => {
  for (const body of [5, true, {}, [], null, undefined, () => {}, new Date(), [1, 2]]) {
    assertThrows(
      () => outgoingBody(body as unknown as RequestBody),
      TypeError,
      ", not a string, bytes, a stream, a Blob, a form or a file",
    );
  }
});

Deno.test("a stream that gives something else than bytes is refused and told to stop", async () => {
  let cancelled = 0;
  const stream = new ReadableStream({
    pull: (controller) => controller.enqueue("text"),
    cancel: () => void cancelled++,
  }, { highWaterMark: 0 });
  await assertRejects(() => sent(stream), TypeError, "its stream gave a string, not bytes");
  await turns();
  assertEquals(cancelled, 1);
});

Deno.test("an error of the stream is that of the sending", async () => {
  const failing = async function* () {
    yield bytesOf("a");
    throw new Error("disk on fire");
  };
  await assertRejects(() => sent(failing()), Error, "disk on fire");
  await assertRejects(() => sent(ReadableStream.from(failing())), Error, "disk on fire");
});

Deno.test("a stream that is not sent to its end is told at once, even while it makes one wait", async () => {
  let cancelled = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: () => new Promise(() => {}),
    cancel: () => void cancelled++,
  });
  const output = new Output();
  const sending = outgoingBody(stream).writeTo(output);
  await turns();
  output.stop(new Error("enough"));
  await assertRejects(async () => await sending, Error, "enough");
  await turns();
  assertEquals(cancelled, 1);
});

/** A stream that gives what it is told to and waits then, and why it was cancelled. */
function watched(pieces: string[] = [], cancel = (): void | Promise<void> => {}, ends = false) {
  const reasons: unknown[] = [];
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece !== undefined) return controller.enqueue(bytesOf(piece));
      return ends ? controller.close() : new Promise(() => {});
    },
    cancel(reason) {
      reasons.push(reason);
      return cancel();
    },
  }, { highWaterMark: 0 });
  return { stream, reasons };
}

Deno.test("a stream that is not sent to its end is cancelled with the reason", async () => {
  const { stream, reasons } = watched(["a"]);
  const output = new Output();
  const sending = outgoingBody(stream).writeTo(output);
  await turns();
  const reason = new Error("enough");
  output.stop(reason);
  assertStrictEquals(await assertRejects(() => sending), reason);
  assertEquals(reasons, [reason]);
});

Deno.test("a form that cannot be sent to its end cancels all its streams with the reason", async () => {
  const sent = watched(["abc"]);
  const next = watched([], () => new Promise<void>(() => {}));
  const last = watched();
  const form = new MultipartForm()
    .addStream("a", sent.stream, { size: 9 })
    .addStream("b", next.stream, { size: 1 })
    .add("c", "text")
    .addBlob("d", new Blob(["blob"]))
    .addStream("e", last.stream, { size: 1 });
  const output = new Output();
  const sending = outgoingBody(form).writeTo(output);
  await turns();
  const reason = new Error("enough");
  output.stop(reason);
  assertStrictEquals(await assertRejects(() => sending), reason);
  assertEquals([sent.reasons, next.reasons, last.reasons], [[reason], [reason], [reason]]);
});

Deno.test("what fails within a form is the reason for the streams behind it, none is opened twice", async () => {
  const path = await Deno.makeTempFile();
  try {
    const failures: [(form: MultipartForm) => unknown, message: string][] = [
      [(form) => form.addFile("f", path), "it had 0 bytes and now has 1"],
      [(form) => form.addStream("s", ReadableStream.from(chunks("ab")), { size: 3 }), "2 of 3"],
      [
        (form) => form.addStream("s", ReadableStream.from(chunks("ab")), { size: 1 }),
        "more than 1",
      ],
      [(form) => {
        const bytes = bytesOf("abc");
        form.add("x", bytes);
        bytes.buffer.transfer();
      }, 'the bytes of "x" were 3 and are now 0'],
    ];
    for (const [add, message] of failures) {
      await Deno.truncate(path, 0);
      const before = watched(["b"], undefined, true);
      const behind = watched();
      const form = new MultipartForm().addStream("before", before.stream, { size: 1 });
      add(form);
      form.addStream("behind", behind.stream, { size: 1 });
      await Deno.truncate(path, 1);
      const error = await assertRejects(() => sent(form), Error);
      assert(error.message.includes(message), error.message);
      assertEquals([before.reasons, behind.reasons], [[], [error]]);
      const again = await assertRejects(() => sent(form), TypeError);
      assert(again.message.includes('"before" was sent already'), again.message);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("an iterable that cannot be ended does not hide the error", async () => {
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(new Error("disk on fire")),
      return: () => {
        throw new Error("nobody hears this");
      },
    }),
  };
  await assertRejects(() => sent(body), Error, "disk on fire");
});

Deno.test("a write that fails is the reason for all streams of a form", async () => {
  const reason = new Error("connection lost");
  const [first, second] = [watched(), watched()];
  const form = new MultipartForm()
    .addStream("a", first.stream, { size: 1 }).addStream("b", second.stream, { size: 1 });
  const output = new Output();
  output.write = () => Promise.reject(reason);
  assertStrictEquals(await assertRejects(() => outgoingBody(form).writeTo(output)), reason);
  assertEquals([first.reasons, second.reasons], [[reason], [reason]]);
});

Deno.test("an iterable that is not sent to its end gets its return called, and is not waited for", async () => {
  let returned = 0;
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: () => {
        returned++;
        return Promise.reject(new Error("nobody hears this"));
      },
    }),
  };
  const output = new Output();
  const sending = outgoingBody(body).writeTo(output);
  await turns();
  output.stop(new Error("enough"));
  await assertRejects(async () => await sending, Error, "enough");
  await turns();
  assertEquals(returned, 1);
});

Deno.test("a stream makes its next piece while one is sent, a generator only then", async () => {
  for (const [asStream, expected] of [[true, 2], [false, 1]] as const) {
    let made = 0;
    const pieces = async function* () {
      for (; made < 5;) {
        made++;
        yield bytesOf("abc");
      }
    };
    let takes = (): void => {};
    const output = new Output();
    output.write = () => new Promise((resolve) => takes = resolve);
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        made++;
        controller.enqueue(bytesOf("abc"));
        if (made === 5) controller.close();
      },
    }, { highWaterMark: 0 });
    const sending = outgoingBody(asStream ? stream : pieces()).writeTo(output);
    await turns();
    assertEquals(made, expected);
    for (let i = 0; i < 5; i++) {
      takes();
      await turns();
    }
    await sending;
    assertEquals(made, 5);
  }
});
