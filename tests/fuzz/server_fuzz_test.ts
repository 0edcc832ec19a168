// Whole connections, mutated and random, against a whole server: it lives on, it leaks nothing, all
// that it answers can be parsed, and the answers are the same however the requests arrive.

import { assert, assertEquals, assertInstanceOf, assertLessOrEqual } from "@std/assert";
import { type Handler, HttpError, listen, type ServerOptions } from "../../server/mod.ts";
import { parseResponse, type RawResponse } from "../conformance/response_parser.ts";
import { until, within } from "../conformance/waiting.ts";
import { serveAll } from "../server/served.ts";
import { bytesOf, textOf } from "../wire/fakes.ts";
import { fuzz, NASTY, type Random } from "./random.ts";

const OPTIONS: ServerOptions = {
  maxHeadBytes: 400,
  maxTargetBytes: 100,
  maxFields: 10,
  maxBodyBytes: 120,
  maxBufferedBody: 100,
  maxChunkLineBytes: 30,
  maxTrailerBytes: 40,
  lingerBytes: 60,
  lingerTimeout: 30,
};

const REQUESTS = [
  "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /stream?a=b HTTP/1.1\r\nHost: a\r\nUser-Agent: somebody with a long name\r\n\r\n",
  "HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n",
  "HEAD /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
  "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 36\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n\r\n",
  "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nA: b\r\n\r\n",
  "PUT /unread HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  "PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
  "PUT /empty HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
  "GET /throw HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /later HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  "GET /close HTTP/1.1\r\nHost: a\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
  "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
];

/** Handlers of all sorts; the path decides. `methods` hears of what they answer, in order. */
function handlerFor(note: (method: string, port: number) => void): Handler {
  return async (con, req) => {
    note(req.method, con.remoteAddr().port);
    switch (req.rawPath.charCodeAt(1) % 8) {
      case 0:
        throw new Error("defect");
      case 1:
        return con.sendError(404, "Nothing \xe4", "none");
      case 2:
        await Promise.resolve();
        con.send("one");
        if (req.method !== "CONNECT") await con.flush();
        return con.send("two");
      case 3:
        con.sendTrailers({ "X-Sum": "1" });
        return con.send(new Uint8Array(3));
      case 4:
        return false;
      default:
        con.addHeader("X-Path", encodeURI(req.rawPath));
        return con.send(await con.readBody(), JSON.stringify(req.query), req.headers["host"] ?? "");
    }
  };
}

/** Parses all that was written; the last answer may be one to a malformed HEAD. */
function parseAll(text: string, methods: readonly string[]): RawResponse[] {
  const responses: RawResponse[] = [];
  let finals = 0;
  while (text !== "") {
    const method = methods[finals] ?? "GET";
    let parsed = parseResponse(text, method, true);
    if (parsed === undefined && finals === methods.length) {
      parsed = parseResponse(text, "HEAD", true);
    }
    assert(parsed !== undefined, `not a whole response to ${method}: ${JSON.stringify(text)}`);
    responses.push(parsed.response);
    if (parsed.response.status >= 200) finals++;
    text = text.slice(parsed.used);
  }
  assert(finals >= methods.length, `${methods.length} requests handled, ${finals} answered`);
  assertLessOrEqual(finals, methods.length + 1);
  return responses;
}

function inputOf(random: Random): string {
  if (random.below(20) === 0) return random.bytes(random.below(900));
  const requests = Array.from({ length: 1 + random.below(8) }, () => random.pick(REQUESTS));
  return random.below(5) === 0 ? requests.join("") : random.mutate(requests.join(""), NASTY);
}

/** What the client was told at last: neither when, nor whether it was to go on before. */
function finalsOf(responses: readonly RawResponse[]): unknown[] {
  return responses.filter(({ status }) => status >= 200).map((response) => ({
    ...response,
    fields: response.fields.filter(([name]) => name !== "Date"),
  }));
}

/** Whether an error from there is not the client's doing. */
function isDefect(source: string): boolean {
  return source !== "handler" && source !== "request";
}

async function serveInMemory(pieces: readonly string[]): Promise<unknown[]> {
  const methods: string[] = [];
  const served = await serveAll(pieces, handlerFor((method) => methods.push(method)), OPTIONS);
  assertEquals(served.host.heard.filter(([source]) => isDefect(source)), []);
  assertEquals(served.host.counters.requests - methods.length <= 1, true);
  assertLessOrEqual(served.conn.source.reads, pieces.length + 3);
  const responses = parseAll(served.conn.text, methods);
  assertEquals(served.conn.ends.at(-1)![0], "close");
  return finalsOf(responses);
}

Deno.test("a connection of any bytes is answered the same, however they arrive", async () => {
  await fuzz(async (random) => {
    const input = inputOf(random);
    const whole = await serveInMemory([input]);
    for (const pieces of [[...input], random.split(input), random.split(input)]) {
      assertEquals(await serveInMemory(pieces), whole, JSON.stringify(pieces));
    }
  });
});

Deno.test("a server fed with any bytes lives on and loses no connection", async () => {
  const errors: unknown[] = [];
  const methods = new Map<number, string[]>();
  const note = (method: string, port: number): void => void methods.get(port)!.push(method);
  const onError: ServerOptions["onError"] = (error, { source }) => {
    if (isDefect(source)) errors.push(error);
  };
  const server = listen("127.0.0.1", 0, { ...OPTIONS, onError }, handlerFor(note));
  const { port } = server.addr as Deno.NetAddr;
  const talk = async (pieces: readonly string[]): Promise<void> => {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay(true);
    const own = (conn.localAddr as Deno.NetAddr).port;
    methods.set(own, []);
    const read = readAll(conn);
    for (const piece of pieces) {
      const bytes = bytesOf(piece);
      for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    }
    await conn.closeWrite();
    parseAll(await within("the server closes", read), methods.get(own)!);
    methods.delete(own);
  };
  try {
    await fuzz(async (random) => {
      const inputs = Array.from({ length: 8 }, () => random.split(inputOf(random)).slice(0, 100));
      // Some leave without a word while the others are served.
      const leave = async (): Promise<void> => {
        using conn = await Deno.connect({ hostname: "127.0.0.1", port });
        methods.set((conn.localAddr as Deno.NetAddr).port, []);
        await conn.write(bytesOf(inputOf(random).slice(0, 200)));
      };
      await Promise.all([...inputs.map(talk), leave(), leave()]);
      assertEquals(errors, []);
    });
    await until("all connections are gone", () => server.stats().connections === 0);
    assertEquals([server.stats().openFiles, errors], [0, []]);
    methods.clear();
    await talk(["GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"]);
  } finally {
    server.close();
    await server.finished;
  }
});

async function readAll(conn: Deno.Conn): Promise<string> {
  let text = "";
  const bytes = new Uint8Array(65536);
  for (let count; (count = await conn.read(bytes)) !== null;) {
    text += textOf(bytes.subarray(0, count));
  }
  return text;
}

Deno.test("an HttpError of any part of the server has a status and a message", async () => {
  await fuzz(async (random) => {
    const served = await serveAll([inputOf(random)], async (con) => {
      await con.readBody();
      // A CONNECT must not be answered with the default, 200.
      con.sendError(404);
    }, OPTIONS);
    for (const [source, error] of served.host.heard) {
      assertEquals(isDefect(source), false);
      assertInstanceOf(error, HttpError);
      assert(error.status !== undefined && error.status >= 400, error.message);
      assert(/^Cannot [^\n]+[^.\n]$/s.test(error.message), error.message);
    }
  });
});
