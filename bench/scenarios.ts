/**
 * What is measured: one table of the scenarios, and the choice among them that --only makes.
 */

import type { Work } from "./clients/job.ts";
import type { BodyKind } from "./multipart/bodies.ts";
import { type HandlerName, JSON_VALUE, POST_ANSWER } from "./servers/serve_handlers.ts";

/** The contestants by the short names that --without and the JSON report use, whatever they do. */
export type ContestantKey =
  | "ours"
  | "bare"
  | "deno"
  | "node"
  | "nginx"
  | "std"
  | "undici"
  | "curl"
  | "ours-events"
  | "ours-fetch"
  | "busboy"
  | "busboy-node"
  | "fastify-busboy"
  | "remix"
  | "formdata";

interface AnyScenario {
  name: string;
  title: string;
  rateUnit: "requests/s" | "MB/s";
  contestants: readonly ContestantKey[];
}

interface NetScenario extends AnyScenario {
  /** The request target. */
  target: string;
  /** Length of the body that goes one way or the other. */
  bodyBytes: number;
  /** Connections when --connections does not say otherwise; of a client, as many as in flight. */
  connections: number;
}

/** Who puts load on a server: wrk, with GET or by posting JSON, or a program of the bench's own. */
export type ServerLoad = "wrk" | "wrk-post" | "download" | "upload";

/** One thing to measure with every server that can do it. */
export interface ServerScenario extends NetScenario {
  group: "hello" | "pipelined" | "files" | "logged" | "download" | "serve";
  load: ServerLoad;
  /** Whether each request says which ETag the client has, so that the answer is a 304. */
  conditional?: boolean;
  /** Requests that a connection has under way at once. */
  pipeline: number;
}

/** One thing to measure with every client that can do it. */
export interface ClientScenario extends NetScenario {
  group: "client";
  work: Work;
}

/** One form to parse with every multipart parser. */
export interface ParseScenario extends AnyScenario {
  group: "multipart";
  work: "parse";
  body: BodyKind;
}

/** One form to stream through every multipart parser that does not keep it. */
export interface StreamScenario extends AnyScenario {
  group: "multipart";
  work: "stream";
  /** Length of the file in the form. */
  bytes: number;
}

/** What takes turns, and is summed up by its rates. */
export type RateScenario = ServerScenario | ClientScenario | ParseScenario;

/** One thing to measure. */
export type Scenario = RateScenario | StreamScenario;

export const HELLO_BODY = "hello";
export const HELLO_TARGET = "/hello";
const KIB = 1024;
const MIB = 1024 * KIB;

const HELLO_SERVERS = ["ours", "deno", "node", "nginx"] as const;
/** The bare loop answers each read once, whatever is in it: no use when requests are pipelined. */
const UNPIPELINED_SERVERS = ["ours", "bare", "deno", "node", "nginx"] as const;
const FETCH_SERVERS = ["ours", "deno"] as const;
const FILE_SERVERS = ["ours", "std", "nginx"] as const;
/** With a line for each request in a file. */
const LOGGING_SERVERS = ["ours", "nginx"] as const;
const CLIENTS = ["ours", "ours-fetch", "bare", "deno", "undici", "node", "curl"] as const;
const STREAMING_PARSERS = [
  "ours",
  "ours-events",
  "busboy",
  "busboy-node",
  "fastify-busboy",
] as const;
const PARSERS = [...STREAMING_PARSERS, "remix", "formdata"] as const;

export const SCENARIOS: readonly Scenario[] = [
  hello("hello", 1),
  hello("pipelined", 16),
  file("1k", "1 KB", KIB),
  file("10k", "10 KB", 10 * KIB),
  file("100k", "100 KB", 100 * KIB),
  file("1m", "1 MB", MIB),
  {
    ...file("304", "1 KB that the client has", KIB),
    conditional: true,
  },
  logged(file("1k", "1 KB", KIB)),
  logged(file("10k", "10 KB", 10 * KIB)),
  {
    name: "download",
    group: "download",
    title: "one download of 100 MB",
    target: "/file-100m.bin",
    bodyBytes: 100 * MIB,
    load: "download",
    pipeline: 1,
    connections: 1,
    rateUnit: "MB/s",
    contestants: FILE_SERVERS,
  },
  serve("hello", "wrk", "hello", HELLO_BODY.length),
  serve("json", "wrk", "JSON of 1 KB", JSON.stringify(JSON_VALUE).length),
  serve("post", "wrk-post", "POST of 1 KB of JSON, read with json()", POST_ANSWER.length),
  serve("download", "download", "a stream of 100 MB down", 100 * MIB),
  serve("upload", "upload", "a stream of 100 MB up", 100 * MIB),
  clientGet(1),
  clientGet(32),
  clientTransfer("download"),
  clientTransfer("upload"),
  multipart("file", "one file of 100 MB"),
  multipart("files", "100 files of 100 KB"),
  multipart("fields", "5,000 small fields"),
  multipart("near", "16 MB of delimiters but for the last character"),
  multipart("near-inside", "16 MB of delimiters but for the last character but one"),
  multipart("crawl", "16 MB of the delimiter's last character but one"),
  multipart("hostile", "boundary of 70 a, 16 MB of a"),
  multipart("crlf", "16 MB of CR LF"),
  multipart("dashes", "16 MB of dashes"),
  {
    name: "multipart-memory",
    group: "multipart",
    work: "stream",
    title: "multipart, one file of 512 MB that is in no memory",
    bytes: 512 * MIB,
    rateUnit: "MB/s",
    contestants: STREAMING_PARSERS,
  },
];

/** The scenarios whose name or group is among `names`, in the table's order; all when empty. */
export function selectScenarios(names: readonly string[]): Scenario[] {
  for (const name of names) {
    if (!SCENARIOS.some((one) => one.name === name || one.group === name)) {
      throw new RangeError(`Cannot select scenarios: "${name}" is none of ${scenarioNames()}`);
    }
  }
  return SCENARIOS.filter((one) =>
    names.length === 0 || names.includes(one.name) || names.includes(one.group)
  );
}

/** Every name that --only takes. */
export function scenarioNames(): string {
  return [...new Set(SCENARIOS.flatMap((one) => [one.group, one.name]))].join(", ");
}

function hello(name: "hello" | "pipelined", pipeline: number): ServerScenario {
  return {
    name,
    group: name,
    title: pipeline === 1 ? "hello" : `hello, ${pipeline} requests pipelined`,
    target: HELLO_TARGET,
    bodyBytes: HELLO_BODY.length,
    load: "wrk",
    pipeline,
    connections: 64,
    rateUnit: "requests/s",
    contestants: pipeline === 1 ? UNPIPELINED_SERVERS : HELLO_SERVERS,
  };
}

function file(size: string, title: string, bodyBytes: number): ServerScenario {
  return {
    name: `file-${size}`,
    group: "files",
    title: `file of ${title}`,
    target: `/file-${size}.bin`,
    bodyBytes,
    load: "wrk",
    pipeline: 1,
    connections: 64,
    rateUnit: "requests/s",
    contestants: FILE_SERVERS,
  };
}

/** The same with an access log. */
function logged({ name, title, ...scenario }: ServerScenario): ServerScenario {
  return {
    ...scenario,
    name: name.replace("file", "logged"),
    group: "logged",
    title: `${title}, with an access log`,
    contestants: LOGGING_SERVERS,
  };
}

/** A handler in Fetch's terms. */
function serve(what: string, load: ServerLoad, title: string, bodyBytes: number): ServerScenario {
  const isSmall = load === "wrk" || load === "wrk-post";
  const name = `serve-${what}` as HandlerName;
  return {
    name,
    group: "serve",
    title: `a handler in Fetch's terms, ${title}`,
    target: `/${name}`,
    bodyBytes,
    load,
    pipeline: 1,
    connections: isSmall ? 64 : 1,
    rateUnit: isSmall ? "requests/s" : "MB/s",
    contestants: FETCH_SERVERS,
  };
}

function clientGet(inFlight: number): ClientScenario {
  return {
    name: `client-${inFlight}`,
    group: "client",
    work: "get",
    title: "client, small GET",
    target: HELLO_TARGET,
    bodyBytes: HELLO_BODY.length,
    connections: inFlight,
    rateUnit: "requests/s",
    contestants: CLIENTS,
  };
}

function clientTransfer(work: "download" | "upload"): ClientScenario {
  return {
    name: `client-${work}`,
    group: "client",
    work,
    title: `client, ${work} of 100 MB`,
    target: `/${work}-100m.bin`,
    bodyBytes: 100 * MIB,
    connections: 1,
    rateUnit: "MB/s",
    contestants: CLIENTS,
  };
}

function multipart(body: BodyKind, title: string): ParseScenario {
  return {
    name: `multipart-${body}`,
    group: "multipart",
    work: "parse",
    title: `multipart, ${title}`,
    body,
    rateUnit: "MB/s",
    contestants: PARSERS,
  };
}
