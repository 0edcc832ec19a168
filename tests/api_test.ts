// The documented names, as data, held against the real objects: a name that is missing
// fails, and so does one that is listed as missing and is there.

import { assert, assertEquals } from "@std/assert";
import * as client from "../client/mod.ts";
import { DEFAULTS, resolveClient, resolveSettings } from "../client/settings.ts";
import * as root from "../mod.ts";
import * as multipart from "../multipart/mod.ts";
import { MultipartForm } from "../multipart/mod.ts";
import * as server from "../server/mod.ts";
import { type Connection, listen, type Server, type ServerRequest } from "../server/mod.ts";
import { resolveOptions } from "../server/options.ts";
import { portOf, RawClient } from "./server/raw_client.ts";

type Kind = "function" | "string" | "number" | "object" | "undefined";

const EXPORTS: Record<string, Kind> = {
  listen: "function",
  Server: "function",
  Connection: "function",
  ServerRequest: "function",
  serve: "function",
  ServeInfo: "function",
  serveFiles: "function",
  serveEmbedded: "function",
  buildManifest: "function",
  evaluatePreconditions: "function",
  upgradeWebSocket: "function",
  HttpError: "function",
  ProtocolError: "function",
  LimitError: "function",
  TimeoutError: "function",
  ClosedError: "function",
  MultipartError: "function",
};

const CONNECTION: Record<string, Kind> = {
  remoteAddr: "function",
  addHeader: "function",
  appendHeader: "function",
  setStatus: "function",
  sendError: "function",
  redirect: "function",
  send: "function",
  sendFile: "function",
  flush: "function",
  readBody: "function",
  readText: "function",
  readFormData: "function",
  readable: "object",
  discardBody: "function",
  serveFile: "function",
  sendInformational: "function",
  sendTrailers: "function",
  upgrade: "function",
  done: "object",
};

const REQUEST: Record<string, Kind> = {
  method: "string",
  rawPath: "string",
  path: "string",
  majorVersion: "number",
  minorVersion: "number",
  headers: "object",
  rawHeaders: "object",
  form: "object",
  query: "object",
  queryString: "string",
};

const INFO: Record<string, Kind> = {
  remoteAddr: "object",
  localAddr: "object",
  completed: "object",
  rawHeaders: "object",
  httpVersion: "string",
  trailers: "object",
  sendInformational: "function",
  sendTrailers: "function",
  upgrade: "function",
};

const SERVER: Record<string, Kind> = {
  addr: "object",
  finished: "object",
  shutdown: "function",
  close: "function",
  stats: "function",
  ref: "function",
  unref: "function",
};

const CLIENT_EXPORTS: Record<string, Kind> = {
  request: "function",
  get: "function",
  post: "function",
  download: "function",
  form: "function",
  bodyWithFile: "function",
  fetch: "function",
  FetchResponse: "function",
  Client: "function",
  ClientResponse: "function",
  ClientSocket: "function",
  CookieJar: "function",
  MultipartForm: "function",
  HttpError: "function",
  ProtocolError: "function",
  LimitError: "function",
  TimeoutError: "function",
  ClosedError: "function",
  ConnectError: "function",
};

const CLIENT: Record<string, Kind> = {
  fetch: "function",
  request: "function",
  get: "function",
  post: "function",
  download: "function",
  close: "function",
  sock: "function",
  stats: "function",
};

const RESPONSE: Record<string, Kind> = {
  code: "number",
  status: "string",
  headers: "object",
  body: "object",
  text: "function",
  json: "function",
  rawHeaders: "object",
  setCookies: "object",
  trailers: "object",
  timings: "object",
  connection: "object",
};

const FORM: Record<string, Kind> = {
  add: "function",
  addFile: "function",
  addBlob: "function",
  addStream: "function",
  boundary: "string",
  contentType: "string",
  contentLength: "number",
  length: "number",
  stream: "function",
};

const MULTIPART_EXPORTS: Record<string, Kind> = {
  parseMultipart: "function",
  MultipartParser: "function",
  MultipartForm: "function",
  MultipartError: "function",
  LimitError: "function",
  HttpError: "function",
  parseContentDisposition: "function",
  toFormData: "function",
  saveFormData: "function",
  safeFilename: "function",
};

const PARSER: Record<string, Kind> = { push: "function", pull: "function", end: "function" };

const PART: Record<string, Kind> = {
  name: "string",
  filename: "string",
  contentType: "string",
  headers: "object",
  body: "object",
  bytes: "function",
  text: "function",
};

const MULTIPART_OPTIONS = (
  "maxParts maxHeaderBytes maxHeaders maxPreambleBytes maxFieldBytes maxFileBytes maxTotalBytes"
).split(" ");

/** The documented options of a request. */
const REQUEST_OPTIONS = (
  "timeout headers bodyToFile ipv6 mark device nameservers ca cert key insecure " +
  "signal connectTimeout headTimeout idleTimeout minSpeed redirect maxRedirects crossOriginHeaders " +
  "allowDowngrade decode maxHeadBytes maxFields maxBodyBytes maxDecodeRatio expectContinue retry " +
  "cookies auth proxy unix localAddress resolve serverName pin minTlsVersion allowAddress " +
  "onProgress onInformational trailers"
).split(" ");
/** Those of a client besides. */
const CLIENT_OPTIONS = ["maxConnections", "maxPerOrigin", "keepAlive", "queueTimeout"];

/** Options with a number, each with a value that is valid for it. */
const NUMBER_OPTIONS = [
  "httpKeepalive",
  "maxHeadBytes",
  "maxFields",
  "maxTargetBytes",
  "maxBodyBytes",
  "maxBufferedBody",
  "maxTrailerBytes",
  "maxConnections",
  "tlsTimeout",
  "headTimeout",
  "bodyTimeout",
  "writeTimeout",
  "lingerBytes",
  "lingerTimeout",
];
const TEXT_OPTIONS = ["docroot", "index"];

/** Documented, and to come. Whoever makes one moves it to the table above. */
const NOT_YET = {
  server: [],
  root: [],
  connection: [],
  request: [],
  entryPoints: [],
};

/** What of `table` is missing from `object`, or of another kind. */
function missing(table: Record<string, Kind>, object: object): string[] {
  const members = object as Record<string, unknown>;
  return Object.entries(table)
    .map(([name, wanted]) => ({ name, wanted, found: typeof members[name] as string }))
    .filter(({ wanted, found }) => found !== wanted)
    .map(({ name, wanted, found }) => `${name}: ${found}, not ${wanted}`);
}

/** A server, and what its handler is given with a request. */
async function withObjects(
  use: (server: Server, con: Connection, req: ServerRequest) => void,
): Promise<void> {
  let failure: unknown;
  let called = false;
  await using real = listen("127.0.0.1", 0, (con, req) => {
    called = true;
    try {
      use(real, con, req);
    } catch (error) {
      failure = error;
    }
  });
  using client = new RawClient(
    await Deno.connect({ hostname: "127.0.0.1", port: portOf(real) }),
  );
  await client.ask("GET /path?a=b");
  assert(called);
  if (failure !== undefined) throw failure;
}

Deno.test("the server's entry point and the package export the documented names", () => {
  assertEquals(missing(EXPORTS, server), []);
  assertEquals(missing(EXPORTS, root), []);
});

Deno.test("con, req and the server have every documented member", async () => {
  await withObjects((real, con, req) => {
    assertEquals(missing(CONNECTION, con), []);
    assertEquals(missing(REQUEST, req), []);
    assertEquals(missing(SERVER, real), []);
    assertEquals(typeof real[Symbol.asyncDispose], "function");
    const { ipaddr, port } = con.remoteAddr();
    assertEquals([typeof ipaddr, typeof port], ["string", "number"]);
  });
});

Deno.test("a request, the info and the server of serve() have every documented member", async () => {
  const found: string[][] = [];
  const quiet = { hostname: "127.0.0.1", port: 0, onListen() {} };
  await using own = server.serve(quiet, (request, info) => {
    found.push(missing(INFO, info));
    assert(request instanceof Request);
    return new Response();
  });
  assertEquals(missing(SERVER, own), []);
  using raw = await RawClient.connect(own);
  await raw.ask("GET /");
  assertEquals(found, [[]]);
});

Deno.test("every documented option is known: a value that is none is refused by its name", () => {
  const known = (name: string, wrong: unknown): boolean => {
    try {
      resolveOptions({ [name]: wrong }, () => {});
      return false;
    } catch (error) {
      return error instanceof TypeError && error.message.includes(`"${name}"`);
    }
  };
  assertEquals(NUMBER_OPTIONS.filter((name) => !known(name, "x")), []);
  assertEquals(TEXT_OPTIONS.filter((name) => !known(name, 1)), []);
  assert(known("onError", "x"));
  assert(known("multipart", "x"));
  assert(known("files", "x"));
  assertEquals(resolveOptions({ gzip: true }, () => {}).files.precompressed, ["gzip"]);
});

Deno.test("the client's entry point and the package export the documented names", () => {
  assertEquals(missing(CLIENT_EXPORTS, client), []);
  assertEquals(missing(CLIENT_EXPORTS, root), []);
  assertEquals(missing(FORM, client.form()), []);
  assert(client.form() instanceof MultipartForm);
});

Deno.test("the multipart entry point and the package export the documented names", async () => {
  assertEquals(missing(MULTIPART_EXPORTS, multipart), []);
  assertEquals(missing(MULTIPART_EXPORTS, root), []);
  assertEquals(missing(PARSER, new multipart.MultipartParser("b")), []);
  const form = new MultipartForm().addBlob("a", new Blob(["x"]));
  const parts = multipart.parseMultipart(form.stream(), form.contentType);
  assert(parts instanceof ReadableStream);
  for await (const part of parts) {
    assertEquals(missing(PART, part), []);
    assert(part.body instanceof ReadableStream);
  }
});

Deno.test("every documented option of the parser is known: NaN, which none may be, is refused by its name", () => {
  const known = (name: string): boolean => {
    try {
      multipart.parseMultipart(null, "b", { [name]: NaN });
      return false;
    } catch (error) {
      return error instanceof RangeError && error.message.includes(`"${name}"`);
    }
  };
  assertEquals(MULTIPART_OPTIONS.filter((name) => !known(name)), []);
});

Deno.test("a client and its responses have every documented member", async () => {
  await using server = listen("127.0.0.1", 0, (con) => con.send("hello"));
  using made = new client.Client();
  assertEquals(missing(CLIENT, made), []);
  const response = await made.get(`http://127.0.0.1:${portOf(server)}/`);
  assertEquals(missing(RESPONSE, response), []);
  made.close();
  assertEquals(typeof made[Symbol.asyncDispose], "function");
});

Deno.test("every documented option of the client is known: NaN, which none may be, is refused by its name", () => {
  const refusal = (resolve: (options: object) => unknown, name: string): boolean => {
    try {
      resolve({ [name]: NaN });
      return false;
    } catch (error) {
      assert(error instanceof TypeError || error instanceof RangeError);
      return error.message.includes(`"${name}`) && !error.message.includes("no option");
    }
  };
  const ofRequest = (options: object): unknown => resolveSettings(options, DEFAULTS);
  const ofClient = (options: object): unknown => resolveClient(options, DEFAULTS);
  assertEquals(REQUEST_OPTIONS.filter((name) => !refusal(ofRequest, name)), []);
  assertEquals([...REQUEST_OPTIONS, ...CLIENT_OPTIONS].filter((it) => !refusal(ofClient, it)), []);
});

Deno.test("what is listed as not there yet is not there", async () => {
  const there = (names: string[], object: object): string[] =>
    names.filter((name) => name in object);
  assertEquals(there(NOT_YET.server, server), []);
  assertEquals(there([...NOT_YET.root, ...NOT_YET.server], root), []);
  await withObjects((_server, con, req) => {
    assertEquals(there(NOT_YET.connection, con), []);
    assertEquals(there(NOT_YET.request, req), []);
  });
  const config = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
  assertEquals(there(NOT_YET.entryPoints, config.exports), []);
});
