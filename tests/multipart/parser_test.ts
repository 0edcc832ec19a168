import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { MultipartError } from "../../multipart/parse/multipart_error.ts";
import { type MultipartEvent, MultipartParser } from "../../multipart/parser.ts";
import { LimitError } from "../../wire/errors.ts";
import { bytesOf, splitsOf, textOf } from "../wire/fakes.ts";

const FORM = "multipart/form-data; boundary=b";
const FIELD = 'Content-Disposition: form-data; name="a"';

/** All events there are, as text: content as it is, with `|` behind the last of a part. */
function pullAll(parser: MultipartParser): string[] {
  const events: string[] = [];
  for (let event = parser.pull(); event !== undefined; event = parser.pull()) {
    events.push(describe(event));
  }
  return events;
}

function describe(event: MultipartEvent): string {
  if (event.type === "header") return `${event.name}: ${event.value}`;
  return event.type === "end" ? "end" : `${textOf(event.data)}${event.done ? "|" : ""}`;
}

function parserOf(body: string, contentType = FORM): MultipartParser {
  const parser = new MultipartParser(contentType);
  parser.push(bytesOf(body));
  parser.end();
  return parser;
}

Deno.test("MultipartParser gives all fields of a part, its content, and the end", () => {
  const parser = parserOf([
    "--b",
    FIELD,
    "",
    "1",
    "--b",
    "X-Other: 1",
    `CONTENT-disposition: form-data; name="b"; filename="c"`,
    "x-other:  2 ",
    "",
    "",
    "--b--",
  ].join("\r\n"));
  const events: MultipartEvent[] = [];
  for (let event = parser.pull(); event !== undefined; event = parser.pull()) events.push(event);
  assertEquals(events, [
    { type: "header", name: "content-disposition", value: 'form-data; name="a"' },
    { type: "body", data: bytesOf("1"), done: true },
    { type: "header", name: "x-other", value: "1" },
    { type: "header", name: "content-disposition", value: 'form-data; name="b"; filename="c"' },
    { type: "header", name: "x-other", value: "2" },
    { type: "body", data: bytesOf(""), done: true },
    { type: "end" },
  ]);
  assertStrictEquals(parser.pull(), undefined);
});

Deno.test("MultipartParser gives the same events of a body, however that is cut", () => {
  const body =
    `pre\r\n--b\r\n${FIELD}\r\n\r\n1\r\n-\r\n--b\r\nX: y\r\n${FIELD}; filename=""\r\n\r\n` +
    "\r\n--b--\r\nepilogue";
  const field = FIELD.replace("Content-D", "content-d");
  const expected = [field, "1\r\n-|", "x: y", `${field}; filename=""`, "|", "end"];
  for (const pieces of splitsOf(body)) {
    const parser = new MultipartParser(FORM);
    const events: string[] = [];
    let content = "";
    for (const piece of [...pieces, undefined]) {
      if (piece === undefined) parser.end();
      else parser.push(bytesOf(piece));
      for (let event = parser.pull(); event !== undefined; event = parser.pull()) {
        if (event.type === "body") content += describe(event);
        if (event.type === "body" && !event.done) continue;
        events.push(event.type === "body" ? content : describe(event));
        content = "";
      }
    }
    assertEquals(events, expected, JSON.stringify(pieces));
  }
});

Deno.test("MultipartParser gives content of a part before the part is complete", () => {
  const parser = new MultipartParser("b");
  const steps: readonly (readonly [piece: string, events: readonly string[]])[] = [
    [`--b\r\n${FIELD}\r\n\r`, []],
    ["\n", ['content-disposition: form-data; name="a"']],
    ["123", ["123"]],
    ["4\r\n", ["4"]],
    ["--b", []],
    ["--", []],
    ["\r\n", ["|", "end"]],
    ["epilogue", []],
  ];
  for (const [piece, events] of steps) {
    parser.push(bytesOf(piece));
    assertEquals(pullAll(parser), [...events], JSON.stringify(piece));
  }
  parser.end();
  assertEquals(pullAll(parser), []);
});

Deno.test("MultipartParser gives no header of a part that has none", () => {
  const parser = parserOf("--b\r\n\r\n1\r\n--b\r\n\r\n\r\n--b--", "multipart/mixed; boundary=b");
  assertEquals(pullAll(parser), ["1|", "|", "end"]);
});

Deno.test("MultipartParser gives content that is its receiver's to overwrite and to transfer", () => {
  const contents = ["1".repeat(200), "2", "", "\r\n--\r\n-", "", "3".repeat(100)];
  const body = `${contents.map((it) => `--b\r\n${FIELD}\r\n\r\n${it}\r\n`).join("")}--b--`;
  for (const pieces of splitsOf(body)) {
    const parser = new MultipartParser(FORM);
    const seen: string[] = [];
    let content = "";
    const pull = (): void => {
      for (let event = parser.pull(); event !== undefined; event = parser.pull()) {
        if (event.type !== "body") continue;
        content += textOf(event.data);
        event.data.fill(0x2d);
        structuredClone(event.data, { transfer: [event.data.buffer] });
        if (!event.done) continue;
        seen.push(content);
        content = "";
      }
    };
    for (const piece of pieces) {
      parser.push(bytesOf(piece));
      pull();
    }
    parser.end();
    pull();
    assertEquals(seen, contents, JSON.stringify(pieces));
  }
});

Deno.test("MultipartParser gives no two events the same memory, empty as it may be", () => {
  const parser = parserOf(`${`--b\r\n${FIELD}\r\n\r\n\r\n`.repeat(2)}--b--`);
  const data: Uint8Array[] = [];
  for (let event = parser.pull(); event !== undefined; event = parser.pull()) {
    if (event.type === "body") data.push(event.data);
  }
  assertEquals(data.length, 2);
  assertNotStrictEquals(data[0].buffer, data[1].buffer);
});

Deno.test("MultipartParser holds forms to the rules of forms, and what is only a boundary", () => {
  const body = "--b\r\nContent-Type: x/y\r\n\r\n1\r\n--b--";
  for (const contentType of [FORM, "b", "Multipart/Form-Data; boundary=b"]) {
    const error = assertThrows(() => pullAll(parserOf(body, contentType)), MultipartError);
    assertEquals(error.offset, 5, contentType);
  }
  for (const type of ["mixed", "related", "form-data+x"]) {
    const events = pullAll(parserOf(body, `multipart/${type}; boundary=b`));
    assertEquals(events, ["content-type: x/y", "1", "|", "end"], type);
  }
});

Deno.test("MultipartParser throws the error of a broken body again with each pull", () => {
  const before = `--b\r\n${FIELD}\r\n\r\n1\r\n--b\r\nX: y\r\n`;
  const parser = parserOf(`${before}broken\r\n\r\n`);
  assertEquals(describe(parser.pull()!), 'content-disposition: form-data; name="a"');
  assertEquals(describe(parser.pull()!), "1|");
  const error = assertThrows(() => parser.pull(), MultipartError, "a header line without a colon");
  assertEquals(error.offset, before.length);
  for (let i = 0; i < 2; i++) assertStrictEquals(assertThrows(() => parser.pull()), error);
});

Deno.test("MultipartParser throws what is missing when the body has ended, and not before", () => {
  const parser = new MultipartParser(FORM);
  parser.push(bytesOf(`--b\r\n${FIELD}\r\n\r\n1`));
  assertEquals(pullAll(parser).length, 2);
  parser.end();
  const error = assertThrows(() => parser.pull(), MultipartError, "without a close delimiter");
  assertEquals(error.offset, 50);
});

Deno.test("MultipartParser has the limits that it is given, and defaults for others", () => {
  const fields = (count: number): string => `--b\r\n${"X: y\r\n".repeat(count)}\r\n\r\n`;
  const mixed = "multipart/mixed; boundary=b";
  assertEquals(pullAll(parserOf(`${fields(32)}--b--`, mixed)).length, 34);
  const many = assertThrows(() => pullAll(parserOf(`${fields(33)}--b--`, mixed)), LimitError);
  assertEquals([many.limit, many.max], ["maxHeaders", 32]);

  const parts = (count: number): string => `${"--b\r\n\r\n\r\n".repeat(count)}--b--`;
  assertEquals(pullAll(parserOf(parts(1000), mixed)).length, 1001);
  const more = assertThrows(() => pullAll(parserOf(parts(1001), mixed)), LimitError);
  assertEquals([more.limit, more.max], ["maxParts", 1000]);

  const limited = new MultipartParser(mixed, { maxParts: 1001, maxHeaders: undefined });
  limited.push(bytesOf(parts(1001)));
  limited.end();
  assertEquals(pullAll(limited).length, 1002);
});

Deno.test("MultipartParser gives what a limit allows before it throws the limit's error", () => {
  const parser = new MultipartParser(FORM, { maxFileBytes: 3 });
  parser.push(bytesOf(`--b\r\n${FIELD}; filename="f"\r\n\r\n1234567890`));
  assertEquals(parser.pull()?.type, "header");
  assertEquals(parser.pull(), { type: "body", data: bytesOf("123"), done: false });
  const error = assertThrows(() => parser.pull(), LimitError, '"maxFileBytes"');
  assertStrictEquals(assertThrows(() => parser.pull()), error);
});

Deno.test("MultipartParser refuses types and limits that make no sense at once", () => {
  const wrong = assertThrows(() => new MultipartParser("text/plain"), MultipartError);
  assertEquals(wrong.status, 415);
  const none = assertThrows(() => new MultipartParser("multipart/form-data"), MultipartError);
  assertEquals(none.status, 400);
  assertThrows(() => new MultipartParser("b", { maxParts: -1 }), RangeError, '"maxParts"');
});

Deno.test("MultipartParser refuses chunks that are no bytes, and all after the end", () => {
  const parser = new MultipartParser("b");
  assertThrows(
    () => parser.push("--b--" as unknown as Uint8Array),
    TypeError,
    "Cannot push string",
  );
  parser.push(bytesOf("--b--"));
  parser.end();
  assertThrows(() => parser.push(bytesOf("x")), TypeError, "Cannot push: the body has ended");
  assertEquals(pullAll(parser), ["end"]);
  assert(parser.pull() === undefined);
});
