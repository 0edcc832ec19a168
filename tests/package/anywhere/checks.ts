// What the multipart module has to do in any runtime. It is built as the module is, and given that by
// whoever runs it; it uses web standards only.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";

/** The module under test. */
export type Multipart = typeof import("../../../multipart/mod.ts");

/** How the checks went: the names of those that passed, and the others with their errors. */
export interface Report {
  passed: string[];
  failed: string[];
}

type Check = (multipart: Multipart) => void | Promise<void>;

const TYPE = "multipart/form-data; boundary=b";
/** Two fields and a file, as they are sent. */
const BODY = [
  "--b",
  'Content-Disposition: form-data; name="first"',
  "",
  "one",
  "--b",
  'content-disposition: form-data; name="file"; filename="%22ü 🎉.txt"',
  "content-type: text/plain;charset=utf-8",
  "",
  "-b",
  "",
  "line ü",
  "--b",
  'Content-Disposition: form-data; name="first"',
  "",
  "",
  "--b--",
  "",
].join("\r\n");

const encoder = new TextEncoder();

/** The bytes of a text. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** A stream of pieces, which says whether it was cancelled. */
class Source {
  cancelled: unknown;
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;

  constructor(text: string, pieceBytes: number) {
    const bytes = bytesOf(text);
    let at = 0;
    this.stream = new ReadableStream({
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at += pieceBytes));
      },
      cancel: (reason) => {
        this.cancelled = reason ?? "no reason";
      },
    }, { highWaterMark: 0 });
  }
}

async function* piecesOf(text: string, onEnd = (): void => {}): AsyncGenerator<Uint8Array> {
  try {
    for (const byte of bytesOf(text)) yield Uint8Array.of(byte);
  } finally {
    onEnd();
  }
}

/** Name, file name, media type and text of each part. */
type Seen = [name: string, filename: string | undefined, type: string | undefined, text: string];

const SEEN: Seen[] = [
  ["first", undefined, undefined, "one"],
  ["file", "%22ü 🎉.txt", "text/plain;charset=utf-8", "-b\r\n\r\nline ü"],
  ["first", undefined, undefined, ""],
];

type Parts = ReturnType<Multipart["parseMultipart"]>;

async function see(parts: Parts): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const part of parts) {
    seen.push([part.name, part.filename, part.contentType, await part.text()]);
  }
  return seen;
}

const checks: Record<string, Check> = {
  async "parts come out of a stream, however it is cut"({ parseMultipart }) {
    for (const pieceBytes of [1, 7, 1000]) {
      assertEquals(await see(parseMultipart(new Source(BODY, pieceBytes).stream, TYPE)), SEEN);
    }
  },

  async "parts come out of an async iterable, and a bare boundary does"({ parseMultipart }) {
    assertEquals(await see(parseMultipart(piecesOf(BODY), "b")), SEEN);
  },

  async "a part has its headers, and its content as bytes or as a stream"({ parseMultipart }) {
    const contents: number[] = [];
    for await (const part of parseMultipart(new Source(BODY, 9).stream, TYPE)) {
      if (part.filename === undefined) contents.push((await part.bytes()).length);
      else {
        assertEquals(part.headers.get("content-type"), "text/plain;charset=utf-8");
        // Not everywhere can the platform's own streams be iterated.
        let size = 0;
        for await (const piece of part.body) size += piece.length;
        assertEquals(size, bytesOf("-b\r\n\r\nline ü").length);
      }
    }
    assertEquals(contents, [3, 0]);
  },

  async "the content of a part goes wherever streams go"({ parseMultipart }) {
    for await (const part of parseMultipart(new Source(BODY, 9).stream, TYPE)) {
      if (part.filename === undefined) continue;
      assertEquals(await new Response(part.body).text(), "-b\r\n\r\nline ü");
      return;
    }
  },

  async "the parts are a ReadableStream as well"({ parseMultipart }) {
    const parts = parseMultipart(new Source(BODY, 100).stream, TYPE);
    assert(parts instanceof ReadableStream);
    const reader = parts.getReader();
    const first = await reader.read();
    assertEquals([first.done, first.value?.name], [false, "first"]);
    await reader.cancel();
    assertEquals((await reader.read()).done, true);
  },

  async "leaving the loop cancels a stream, and ends an iterable"({ parseMultipart }) {
    const source = new Source(BODY + "x".repeat(100_000), 16);
    for await (const _part of parseMultipart(source.stream, TYPE)) break;
    assert(source.cancelled !== undefined);
    let ended = false;
    const pieces = piecesOf(BODY, () => {
      ended = true;
    });
    for await (const _part of parseMultipart(pieces, TYPE)) break;
    assert(ended);
  },

  async "a part that was passed over throws when it is read"({ parseMultipart }) {
    const names: string[] = [];
    let before: { text(): Promise<string> } | undefined;
    for await (const part of parseMultipart(new Source(BODY, 5).stream, TYPE)) {
      if (before !== undefined) await assertRejects(() => before!.text(), TypeError);
      names.push(part.name);
      before = part;
    }
    assertEquals(names, ["first", "file", "first"]);
  },

  async "a signal ends the parsing with its reason"({ parseMultipart }) {
    const leaving = new AbortController();
    const source = new Source(BODY, 16);
    const reason = new Error("left");
    const reading = (async () => {
      const { signal } = leaving;
      for await (const _part of parseMultipart(source.stream, TYPE, { signal })) {
        leaving.abort(reason);
      }
    })();
    assertEquals(await reading.catch((error) => error), reason);
    assert(source.cancelled !== undefined);
  },

  async "a form goes to FormData"({ parseMultipart, toFormData }) {
    const form = await toFormData(parseMultipart(new Source(BODY, 33).stream, TYPE));
    assert(form instanceof FormData);
    assertEquals(form.getAll("first"), ["one", ""]);
    const file = form.get("file") as File;
    assert(file instanceof File);
    assertEquals([file.name, await file.text()], ["%22ü 🎉.txt", "-b\r\n\r\nline ü"]);
  },

  "events come out as bytes go in"({ MultipartParser }) {
    const parser = new MultipartParser(TYPE);
    const events: string[] = [];
    let text = "";
    const decoder = new TextDecoder();
    for (let at = 0; at <= bytesOf(BODY).length; at++) {
      const piece = bytesOf(BODY).slice(at, at + 1);
      if (piece.length > 0) parser.push(piece);
      else parser.end();
      for (let event; (event = parser.pull()) !== undefined;) {
        if (event.type === "header") events.push(`${event.name}: ${event.value}`);
        else if (event.type === "end") events.push("end");
        else {
          text += decoder.decode(event.data, { stream: true });
          if (!event.done) continue;
          events.push(text);
          text = "";
        }
      }
    }
    assertEquals(events, [
      'content-disposition: form-data; name="first"',
      "one",
      'content-disposition: form-data; name="file"; filename="%22ü 🎉.txt"',
      "content-type: text/plain;charset=utf-8",
      "-b\r\n\r\nline ü",
      'content-disposition: form-data; name="first"',
      "",
      "end",
    ]);
  },

  async "an error says what is wrong and where"({ MultipartError, parseMultipart }) {
    const cut = BODY.slice(0, -5);
    const error = await assertRejects(
      async () => await see(parseMultipart(new Source(cut, 11).stream, TYPE)),
      MultipartError,
    );
    assertEquals([error.code, error.status], ["bad_multipart", 400]);
    assertEquals(error.offset, bytesOf(cut).length);
    assert(error.message.endsWith(` at byte ${error.offset}`), error.message);
    // It may come from the call or from the first read.
    const wrongType = await assertRejects(
      async () => await see(parseMultipart(new Source(BODY, 11).stream, "text/plain")),
      MultipartError,
    );
    assertEquals(wrongType.status, 415);
  },

  async "a limit is an error with a status"({ parseMultipart }) {
    const reading = see(parseMultipart(new Source(BODY, 11).stream, TYPE, { maxParts: 2 }));
    const error = await reading.then(() => undefined, (error) => error);
    assertEquals([error?.name, error?.limit, error?.status], ["LimitError", "maxParts", 413]);
  },

  async "a form is made, encoded, and read back"({ MultipartForm, parseMultipart, toFormData }) {
    const content = bytesOf("\r\n--\r\n\0ü");
    const form = new MultipartForm()
      .add("text ü", "a\nb")
      .add("bytes", content)
      .addBlob('q"\n', new File([content], 'n"\r\n.bin', { type: "image/png" }))
      .addBlob("blob", new Blob([content]))
      .addStream("stream", new Source("streamed", 3).stream, { filename: "s.json", size: 8 });
    const bytes = new Uint8Array(await new Response(form.stream()).arrayBuffer());
    assertEquals([form.length, form.contentLength], [bytes.length, bytes.length]);
    const seen = await see(parseMultipart(new Blob([bytes]).stream(), form.contentType));
    const text = "\r\n--\r\n\0ü";
    assertEquals(seen, [
      ["text ü", undefined, undefined, "a\r\nb"],
      ["bytes", undefined, undefined, text],
      ["q%22%0D%0A", "n%22%0D%0A.bin", "image/png", text],
      ["blob", "blob", "application/octet-stream", text],
      ["stream", "s.json", "application/json; charset=UTF-8", "streamed"],
    ]);
    const parts = parseMultipart(new Blob([bytes]).stream(), form.contentType);
    const names = [...(await toFormData(parts)).keys()];
    assertEquals(names, ["text ü", "bytes", "q%22%0D%0A", "blob", "stream"]);
  },

  async "the platform's own form is read back"({ parseMultipart }) {
    const form = new FormData();
    form.append("ü", "a\nb");
    form.append("file", new File(["ü"], "🎉.txt", { type: "text/plain" }));
    const response = new Response(form);
    const type = response.headers.get("content-type");
    assertEquals(await see(parseMultipart(response.body, type)), [
      ["ü", undefined, undefined, "a\r\nb"],
      ["file", "🎉.txt", "text/plain", "ü"],
    ]);
  },

  async "what needs Deno says so where it is not there"(
    { MultipartForm, parseMultipart, saveFormData },
  ) {
    if ("Deno" in globalThis) return;
    const form = new MultipartForm();
    const { length } = form;
    const adding = assertThrows(() => form.addFile("file", "/etc/hostname"), TypeError);
    assertEquals(
      adding.message,
      'Cannot add file "/etc/hostname": only Deno opens files; use addBlob instead',
    );
    assertEquals(form.length, length);
    const parts = parseMultipart(new Source(BODY, 10).stream, TYPE);
    const saving = await assertRejects(() => saveFormData(parts, "/tmp"), TypeError);
    assertEquals(
      saving.message,
      "Cannot save form: only Deno writes files; use toFormData instead",
    );
  },
};

/** The names of all checks. */
export const CHECK_NAMES: string[] = Object.keys(checks);

/** Runs all checks on a module. */
export async function runChecks(multipart: Multipart): Promise<Report> {
  const report: Report = { passed: [], failed: [] };
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check(multipart);
      report.passed.push(name);
    } catch (error) {
      report.failed.push(`${name}: ${(error as Error)?.stack ?? error}`);
    }
  }
  return report;
}
