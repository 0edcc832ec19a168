// The server under the table of requests: it answers each path in its own way, in raw bytes, and keeps what it
// was asked, in whatever order and case.

import { answer } from "../../conformance/client/peer.ts";
import {
  fieldOf,
  parseChunks,
  parseField,
  type RawField,
} from "../../conformance/message_parser.ts";
import { isGone, latin1Decode, latin1Encode } from "../../conformance/raw_client.ts";

/** What a client asked for. */
export interface TableRequest {
  method: string;
  target: string;
  fields: RawField[];
  body: string;
}

/** "hello hello hello", compressed. */
async function compressed(format: CompressionFormat): Promise<string> {
  const stream = new Blob(["hello hello hello"]).stream();
  const coded = stream.pipeThrough(new CompressionStream(format));
  return latin1Decode(new Uint8Array(await new Response(coded).arrayBuffer()));
}

const GZIP = await compressed("gzip");
/** The same without the wrapping of gzip, a character per byte. */
export const DEFLATE: string = await compressed("deflate");

/** What each path answers; those that close the connection after it begin with "!". */
const ANSWERS: Record<string, string> = {
  "/hello": answer("hello", "Content-Type: text/plain\r\nX-Case: Kept\r\n"),
  "/json": answer('{"a":[1,2]}', "Content-Type: application/json\r\n"),
  "/bom": answer("\xef\xbb\xbfcaf\xc3\xa9"),
  "/bad-utf8": answer("a\xffb"),
  "/empty": answer(""),
  "/204": "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n",
  "/304": 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
  "/404": answer("gone", "", "404 Not Found"),
  "/500": answer("oops", "", "500 Internal Server Error"),
  "/299": answer("odd", "", "299 Quite Fine"),
  "/no-reason": "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok",
  "/chunked":
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
  "/trailers":
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
  "/until-close": "!HTTP/1.1 200 OK\r\n\r\nto the end",
  "/http10": "!HTTP/1.0 200 OK\r\n\r\nold",
  "/cookies": answer("ok", "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"),
  "/repeated": answer("ok", "X-A: 1\r\nX-A: 2\r\n"),
  "/latin1": answer("ok", "X-A: caf\xe9\r\n"),
  "/many-fields": answer("ok", Array.from({ length: 150 }, (_, i) => `X-${i}: ${i}\r\n`).join("")),
  "/early-hints": "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer("final"),
  "/gzip": answer(GZIP, "Content-Encoding: gzip\r\n"),
  "/gzip-twice": answer(GZIP + GZIP, "Content-Encoding: gzip\r\n"),
  "/gzip-cut": answer(GZIP.slice(0, -6), "Content-Encoding: gzip\r\n"),
  "/deflate": answer(DEFLATE, "Content-Encoding: deflate\r\n"),
  "/unknown-coding": answer("as it is", "Content-Encoding: none-such\r\n"),
  "/301": answer("", "Location: /echo?301\r\n", "301 Moved Permanently"),
  "/302": answer("see", "Location: /echo?302\r\n", "302 Found"),
  "/303": answer("", "Location: /echo?303\r\n", "303 See Other"),
  "/307": answer("", "Location: /echo?307\r\n", "307 Temporary Redirect"),
  "/308": answer("", "Location: /echo?308\r\n", "308 Permanent Redirect"),
  "/300": answer("choose", "Location: /echo\r\n", "300 Multiple Choices"),
  "/no-location": answer("lost", "", "302 Found"),
  "/to-fragment": answer("", "Location: /hello#there\r\n", "302 Found"),
  "/to-bad-url": answer("", "Location: http://[\r\n", "302 Found"),
  "/to-ftp": answer("", "Location: ftp://127.0.0.1/\r\n", "302 Found"),
  "/to-data": answer("", "Location: data:text/plain,hi\r\n", "302 Found"),
  "/to-blocked-port": answer("", "Location: http://127.0.0.1:25/\r\n", "302 Found"),
  "/loop": answer("", "Location: /loop\r\n", "302 Found"),
  "/no-http": "!220 mail.example.com\r\n\r\n",
  "/cut": "!HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789",
  "/cut-chunk": "!HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
  "/two-lengths": "!HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
  "/bad-field": "!HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 2\r\n\r\nok",
  "/silence": "!",
  "/form": answer(
    '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
    "Content-Type: multipart/form-data; boundary=b\r\n",
  ),
  "/hops": answer("", "Location: /hops-2\r\n", "302 Found"),
  "/hops-2": answer("", "Location: /hello\r\n", "307 Temporary Redirect"),
};

/** A chain of 15 redirects. */
const CHAIN = /^\/chain-(\d+)$/;

function answerTo({ target, method }: TableRequest, other: string): string {
  const path = target.split("?", 1)[0]!;
  const step = CHAIN.exec(path)?.[1];
  if (step !== undefined) {
    const next = step === "0" ? "/hello" : `/chain-${Number(step) - 1}`;
    return answer("", `Location: ${next}\r\n`, "302 Found");
  }
  if (path === "/elsewhere") return answer("", `Location: ${other}/echo\r\n`, "302 Found");
  const text = ANSWERS[path] ?? answer("ok");
  return method === "HEAD" ? text.slice(0, text.indexOf("\r\n\r\n") + 4) : text;
}

/** One request at the front of `text`, and where it ends. */
function parse(text: string): { request: TableRequest; end: number } | undefined {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return undefined;
  const [first, ...lines] = text.slice(0, head).split("\r\n");
  const [method, target] = first!.split(" ");
  const request = { method: method!, target: target!, fields: lines.map(parseField), body: "" };
  const at = head + 4;
  if (fieldOf(request, "transfer-encoding") !== undefined) {
    const chunked = parseChunks(text, at);
    return chunked && { request: { ...request, body: chunked.body }, end: chunked.end };
  }
  const end = at + Number(fieldOf(request, "content-length") ?? 0);
  return text.length < end
    ? undefined
    : { request: { ...request, body: text.slice(at, end) }, end };
}

/** The server. */
export class TableServer implements AsyncDisposable {
  readonly requests: TableRequest[] = [];
  readonly port: number;
  readonly #listener: Deno.TcpListener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns = new Set<Deno.Conn>();
  readonly #under: Promise<void>[] = [];
  #closed = false;
  /** Where "/elsewhere" leads. */
  other = "";

  constructor() {
    this.port = this.#listener.addr.port;
    this.#under.push(this.#accept());
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async #accept(): Promise<void> {
    for await (const conn of this.#listener) this.#under.push(this.#serve(conn));
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    this.#conns.add(conn);
    try {
      await this.#answer(conn);
    } catch (error) {
      if (!this.#closed && !isGone(error)) throw error;
    } finally {
      if (this.#conns.delete(conn)) conn.close();
    }
  }

  async #answer(conn: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(65536);
    let text = "";
    for (let count; (count = await conn.read(buffer)) !== null;) {
      text += latin1Decode(buffer.subarray(0, count));
      for (let parsed; (parsed = parse(text)) !== undefined;) {
        text = text.slice(parsed.end);
        this.requests.push(parsed.request);
        const bytes = answerTo(parsed.request, this.other);
        const isLast = bytes.startsWith("!");
        await write(conn, latin1Encode(isLast ? bytes.slice(1) : bytes));
        if (isLast) return;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#listener.close();
    for (const conn of this.#conns) conn.close();
    this.#conns.clear();
    await Promise.all(this.#under);
  }
}

async function write(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
