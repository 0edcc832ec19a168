// What a handler reads of a form with `con.readFormData` and `con.readable`.

import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { LimitError, MultipartError, TimeoutError } from "../../server/mod.ts";
import type { Connection, MultipartEvent, ServerRequest } from "../../server/mod.ts";
import { parseMultipart } from "../../multipart/mod.ts";
import { serve } from "./serving.ts";

const decoder = new TextDecoder();
const TYPE = "Content-Type: multipart/form-data; boundary=b";
const FIELD = 'Content-Disposition: form-data; name="a"';
const FORM = `--b\r\n${FIELD}\r\n\r\nvalue\r\n` +
  `--b\r\n${FIELD}; filename="f"\r\nContent-Type: x/y\r\n\r\n\r\n--b--\r\n`;
const EVENTS = [
  'content-disposition: form-data; name="a"',
  "value.",
  'content-disposition: form-data; name="a"; filename="f"',
  "content-type: x/y",
  ".",
  "end",
];

/** Reads all events as lines; pieces of one content are joined, and a dot ends it. */
async function readLines(
  con: Connection,
  req: ServerRequest,
  onEvent: (event: MultipartEvent) => void = () => {},
): Promise<string[]> {
  const lines: string[] = [];
  let content = "";
  while (true) {
    const event = await con.readFormData(req);
    onEvent(event);
    if (event.type === "header") lines.push(`${event.name}: ${event.value}`);
    else if (event.type === "body") {
      content += decoder.decode(event.data);
      if (!event.done) continue;
      lines.push(`${content}.`);
      content = "";
    } else return [...lines, "end"];
  }
}

Deno.test("con.readFormData() gives fields, content and end, whatever the method", async () => {
  await using it = await serve(async (con, req) => con.send((await readLines(con, req)).join("|")));
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "QUERY"]) {
    const { body } = await it.client.ask(`${method} /`, [TYPE], FORM);
    assertEquals(body.split("|"), EVENTS);
  }
});

Deno.test("con.readFormData() reads a chunked form, however it is cut", async () => {
  await using it = await serve(async (con, req) => con.send((await readLines(con, req)).join("|")));
  for (const size of [1, 7, 1000]) {
    const chunks = FORM.match(new RegExp(`[^]{1,${size}}`, "g"))!
      .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    await it.client.send(
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n${TYPE}\r\n\r\n` +
        `${chunks.join("")}0\r\n\r\n`,
    );
    assertEquals((await it.client.readResponse()).body.split("|"), EVENTS);
  }
});

Deno.test("con.readFormData() gives what has arrived before the rest is sent", async () => {
  const seen: MultipartEvent[] = [];
  const first = Promise.withResolvers<void>();
  await using it = await serve(async (con, req) => {
    await readLines(con, req, (event) => {
      seen.push(event);
      if (event.type === "body") first.resolve();
    });
    con.send("done");
  });
  const body = `--b\r\n${FIELD}\r\n\r\nbeginning\r\n-`;
  const rest = "end\r\n--b--\r\n";
  await it.client.send(
    `POST / HTTP/1.1\r\nHost: a\r\n${TYPE}\r\nContent-Length: ${
      body.length + rest.length
    }\r\n\r\n` +
      body,
  );
  await first.promise;
  assertEquals(seen.map((it) => it.type === "body" ? decoder.decode(it.data) : it.type), [
    "header",
    "beginning",
  ]);
  await it.client.send(rest);
  assertEquals((await it.client.readResponse()).body, "done");
});

Deno.test("con.readFormData() lets a client go on that waits for 100 Continue", async () => {
  await using it = await serve(async (con, req) => con.send((await readLines(con, req)).join("|")));
  await it.client.send(
    `POST / HTTP/1.1\r\nHost: a\r\n${TYPE}\r\nExpect: 100-continue\r\n` +
      `Content-Length: ${FORM.length}\r\n\r\n`,
  );
  assertEquals((await it.client.readResponse()).status, 100);
  await it.client.send(FORM);
  assertEquals((await it.client.readResponse()).body.split("|"), EVENTS);
});

Deno.test("con.readFormData() says the end again, and req.form how far it is", async () => {
  const states: [number, boolean][] = [];
  await using it = await serve(async (con, req) => {
    states.push([req.form.parts, req.form.done]);
    await readLines(con, req, () => states.push([req.form.parts, req.form.done]));
    assertEquals(await con.readFormData(req), { type: "end" });
    assertStrictEquals(req.form, req.form);
    con.send("done");
  });
  assertEquals((await it.client.ask("POST /", [TYPE], FORM)).body, "done");
  assertEquals(states, [
    [0, false],
    [1, false],
    [1, false],
    [2, false],
    [2, false],
    [2, false],
    [2, true],
  ]);
});

Deno.test("what follows a form is dropped, and the connection serves the next request", async () => {
  await using it = await serve(async (con, req) => con.send((await readLines(con, req)).at(-1)!));
  const epilogue = "x".repeat(500_000);
  assertEquals((await it.client.ask("POST /", [TYPE], FORM + epilogue)).body, "end");
  assertEquals((await it.client.ask("POST /", [TYPE], "--b--")).body, "end");
});

Deno.test("what follows a form counts, too", async () => {
  await using it = await serve(async (con, req) => con.send((await readLines(con, req)).at(-1)!), {
    multipart: { maxTotalBytes: FORM.length + 10 },
  });
  const ask = (more: number) => it.client.ask("POST /", [TYPE], `${FORM}\r\n${"x".repeat(more)}`);
  assertEquals((await ask(8)).body, "end");
  const { status, body } = await ask(9);
  assertEquals(status, 413);
  assert(body.includes('"maxTotalBytes"'), body);
  assertEquals(it.takeErrors().map((error) => (error as Error).name), ["LimitError"]);
});

Deno.test("calls of con.readFormData() that nobody waited for get the events in their order", async () => {
  await using it = await serve(async (con, req) => {
    const events = await Promise.all(Array.from({ length: 30 }, () => con.readFormData(req)));
    con.send(events.map(({ type }) => type).join(" "));
  });
  // How many pieces a content comes in is not said, nor how often the end.
  const merged = (types: string) => types.replaceAll(/\b(body|end)(?: \1)+\b/g, "$1");
  const types = "header body header header body end";
  const { body } = await it.client.ask("POST /", [TYPE], FORM);
  assertEquals([merged(body), body.split(" ").length], [types, 30]);
  await it.client.send(
    `POST / HTTP/1.1\r\nHost: a\r\n${TYPE}\r\nContent-Length: ${FORM.length}\r\n\r\n`,
  );
  for (const byte of FORM) await it.client.send(byte);
  assertEquals(merged((await it.client.readResponse()).body), types);
});

Deno.test("an end of which the rest is late is said by the next call, when that is there", async () => {
  const late = Promise.withResolvers<void>();
  await using it = await serve(async (con, req) => {
    for (let i = 0; i < 5; i++) await con.readFormData(req);
    for (let i = 0; i < 2; i++) {
      await assertRejects(() => con.readFormData(req, 0.05), TimeoutError);
      assertEquals(req.form.done, false);
    }
    late.resolve();
    con.send((await con.readFormData(req)).type);
  });
  await it.client.send(
    `POST / HTTP/1.1\r\nHost: a\r\n${TYPE}\r\nContent-Length: ${FORM.length + 3}\r\n\r\n${FORM}`,
  );
  await late.promise;
  await it.client.send("xyz");
  assertEquals((await it.client.readResponse()).body, "end");
});

Deno.test("con.readFormData() refuses a body of which some was read: that would be lost", async () => {
  const began = Promise.withResolvers<void>();
  await using it = await serve(async (con, req) => {
    if (req.path === "/some") await con.readBody(10);
    else if (req.path === "/between") {
      for (let i = 0; i < 2; i++) await con.readFormData(req);
      began.resolve();
      await con.readBody(1);
    } else if (req.path === "/beside") {
      const reading = con.readBody(20);
      await assertRejects(() => con.readFormData(req), TypeError);
      await reading;
    } else await con.readText();
    await assertRejects(() => con.readFormData(req), TypeError, "was read already");
    con.send("done");
  });
  for (const path of ["/some", "/all", "/beside"]) {
    assertEquals((await it.client.ask(`POST ${path}`, [TYPE], FORM)).body, "done");
  }
  await it.client.send(
    `POST /between HTTP/1.1\r\nHost: a\r\n${TYPE}\r\nContent-Length: ${FORM.length}\r\n\r\n` +
      FORM.slice(0, 50),
  );
  await began.promise;
  await it.client.send(FORM.slice(50));
  assertEquals((await it.client.readResponse()).body, "done");
});

Deno.test("a client hears what was wrong with its form", async () => {
  await using it = await serve(
    async (con, req) => con.send((await readLines(con, req)).join("|")),
    {
      multipart: { maxParts: 1 },
    },
  );
  const cases: [type: string, body: string, status: number, said: string, error: unknown][] = [
    [
      "Content-Type: text/plain",
      "x",
      415,
      'Content-Type "text/plain" is not multipart',
      MultipartError,
    ],
    ["X-Nothing: 1", "x", 415, "there is no Content-Type", MultipartError],
    [
      "Content-Type: multipart/mixed; boundary=b",
      FORM,
      415,
      'is not "multipart/form-data"',
      MultipartError,
    ],
    [
      "Content-Type: multipart/form-data",
      FORM,
      400,
      "Content-Type has no boundary",
      MultipartError,
    ],
    [
      TYPE,
      FORM.slice(0, 51),
      400,
      "without a close delimiter, in a part at byte 51",
      MultipartError,
    ],
    [TYPE, FORM, 413, 'more than 1 allowed by "maxParts"', LimitError],
  ];
  for (const [type, body, status, said, error] of cases) {
    const response = await it.client.ask("POST /", [type], body);
    assertEquals(it.takeErrors().map((it) => (it as Error).constructor), [error], said);
    assertEquals(response.status, status, said);
    assert(response.body.includes(said), `${response.body} is not about ${said}`);
  }
});

Deno.test("con.readFormData() rejects a cut form again at every call", async () => {
  await using it = await serve(async (con, req) => {
    await assertRejects(() => readLines(con, req), MultipartError, "at byte 45");
    await assertRejects(() => con.readFormData(req), MultipartError, "at byte 45");
    con.send("refused");
  });
  assertEquals((await it.client.ask("POST /", [TYPE], FORM.slice(0, 45))).body, "refused");
});

Deno.test("con.readFormData() goes on after its timeout", async () => {
  const late = Promise.withResolvers<void>();
  await using it = await serve(async (con, req) => {
    await assertRejects(() => con.readFormData(req, 0.05), TimeoutError);
    late.resolve();
    con.send((await readLines(con, req)).join("|"));
  });
  await it.client.send(
    `POST / HTTP/1.1\r\nHost: a\r\n${TYPE}\r\nContent-Length: ${FORM.length}\r\n\r\n--b`,
  );
  await late.promise;
  await it.client.send(FORM.slice(3));
  assertEquals((await it.client.readResponse()).body.split("|"), EVENTS);
});

Deno.test("con.readFormData() refuses the request of somebody else", async () => {
  let other: ServerRequest | undefined;
  await using it = await serve(async (con, req) => {
    if (other !== undefined) {
      await assertRejects(() => con.readFormData(other!), TypeError, "of another request");
    }
    other = req;
    con.send("done");
  });
  await it.client.ask("POST /", [TYPE], FORM);
  assertEquals((await it.client.ask("POST /", [TYPE], FORM)).body, "done");
});

Deno.test("limits on forms are checked when the server starts", async () => {
  const wrong = [{ maxParts: -1 }, { maxHeaderBytes: 1.5 }, { maxTotalBytes: NaN }];
  for (const multipart of wrong) {
    await assertRejects(
      () => serve(() => {}, { multipart }),
      RangeError,
      Object.keys(multipart)[0],
    );
  }
  for (const multipart of [null, 5, "x", { maxpart: 1 }]) {
    const options = { multipart: multipart as never };
    await assertRejects(() => serve(() => {}, options), TypeError, "option");
  }
});

Deno.test("con.readable is the body as a stream, always the same one", async () => {
  await using it = await serve(async (con, req) => {
    assertStrictEquals(con.readable, con.readable);
    const names: string[] = [];
    for await (const part of parseMultipart(con.readable, req.headers["content-type"])) {
      names.push(`${part.name} ${part.filename} ${await part.text()}`);
    }
    con.send(names.join("|"));
  });
  const { body } = await it.client.ask("POST /", [TYPE], FORM);
  assertEquals(body, "a undefined value|a f ");
  assertEquals((await it.client.ask("POST /", [TYPE], FORM)).status, 200);
});

Deno.test("a body of which con.readable was cancelled is left unread, and dropped", async () => {
  await using it = await serve(async (con, req) => {
    for await (const part of parseMultipart(con.readable, req.headers["content-type"])) {
      con.send(part.name);
      break;
    }
  });
  const body = FORM + "x".repeat(100_000);
  assertEquals((await it.client.ask("POST /", [TYPE], body)).body, "a");
  assertEquals((await it.client.ask("POST /", [TYPE], body)).body, "a");
});

Deno.test("con.readable fails as con.readBody() does, and ends with the request", async () => {
  let kept: ReadableStream<Uint8Array> | undefined;
  await using it = await serve(async (con) => {
    kept = con.readable;
    con.send((await con.readable.getReader().read()).value!);
  });
  assertEquals((await it.client.ask("POST /", [], "hello")).body, "hello");
  await using other = await serve((con) => {
    kept = con.readable;
    con.send("early");
  });
  assertEquals((await other.client.ask("POST /", [], "hello")).body, "early");
  await assertRejects(() => kept!.getReader().read(), TypeError, "the request is over");
});
