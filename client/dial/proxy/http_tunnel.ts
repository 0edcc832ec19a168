// A tunnel through an HTTP proxy: CONNECT (RFC 9110 9.3.6) on a transport that leads to the proxy. Afterwards
// the transport leads to the target; after an error it is good for nothing, and the caller closes it.

import { ConnReader } from "../../../wire/conn_reader.ts";
import { ConnWriter } from "../../../wire/conn_writer.ts";
import { ClosedError, LimitError, ProtocolError } from "../../../wire/errors.ts";
import { parseResponseHead, type ResponseHead } from "../../../wire/response_head.ts";
import { basicCredentials } from "../../rules/auth.ts";
import { hostAndPort } from "../ip_address.ts";
import { type ProxySettings, type Tunnel, tunnelError } from "./proxy.ts";
import type { Transport } from "../transport.ts";

/** Longest head accepted of a proxy, in bytes. */
const MAX_HEAD_BYTES = 65536;
const MAX_FIELDS = 256;
/** Most informational responses accepted before the one that counts. */
const MAX_INFORMATIONAL = 32;
/** Longest reason phrase that an error quotes. */
const MAX_REASON = 100;
/** What a name or address consists of: nothing that could end the request line. */
const HOST = /^[A-Za-z0-9\-._~!$&'()*+,;=:%]+$/;

/** Opens a tunnel to a host, a name or an address without brackets, and a port. */
export async function openHttpTunnel(
  transport: Transport,
  host: string,
  port: number,
  proxy: ProxySettings,
): Promise<void> {
  const tunnel = { host, port, proxy };
  const request = connectHead(tunnel);
  const writer = new ConnWriter(transport, 0);
  const reader = new ConnReader(transport, () => {});
  let head: ResponseHead;
  try {
    writer.putAscii(request);
    await writer.flush();
    head = await readFinalHead(reader);
  } catch (cause) {
    throw tunnelError(tunnel, describe(cause), cause);
  } finally {
    writer.release();
    reader.release();
  }
  const { status, reason } = head;
  if (status < 200 || status > 299) {
    const why = `it answered ${`${status} ${printable(reason)}`.trim()}`;
    throw tunnelError(tunnel, status === 407 ? `${why}; ${wanted(proxy)}` : why);
  }
  // Content-Length and Transfer-Encoding mean nothing here: the tunnel begins behind the head. The target
  // has heard nothing yet, so bytes that are there already were put there to be taken for its answer.
  const surplus = reader.end - reader.start;
  if (surplus > 0) {
    throw tunnelError(tunnel, `${surplus} bytes came unasked behind its answer`);
  }
}

function connectHead({ host, port, proxy }: Tunnel): string {
  if (!HOST.test(host)) throw new TypeError(`Cannot open tunnel: host ${JSON.stringify(host)}`);
  const authority = hostAndPort(host, port);
  const { username, password } = proxy;
  const credentials = username === undefined && password === undefined
    ? ""
    : `Proxy-Authorization: ${basicCredentials(username ?? "", password ?? "")}\r\n`;
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`;
}

/** The first head that is not informational; 101 is final too, since nothing follows it. */
async function readFinalHead(reader: ConnReader): Promise<ResponseHead> {
  for (let count = 0; count <= MAX_INFORMATIONAL; count++) {
    let end: number;
    while ((end = reader.tryHeadEnd(MAX_HEAD_BYTES)) < 0) {
      if (!await reader.fill()) throw new ClosedError("it closed the connection unanswered");
    }
    const head = parseResponseHead(reader.bytes, reader.start, end, { maxFields: MAX_FIELDS });
    reader.endHead(end);
    if (head.status > 199 || head.status === 101) return head;
  }
  throw new ProtocolError(
    "bad_status_line",
    `it sent more than ${MAX_INFORMATIONAL} informational responses`,
  );
}

function describe(error: unknown): string {
  // These limits are no options, which the error's own message would say.
  if (error instanceof LimitError) {
    return error.limit === "maxFields"
      ? `its answer has more than ${error.max} fields`
      : `the head of its answer is longer than ${error.max} bytes`;
  }
  return (error as Error).message;
}

function wanted(proxy: ProxySettings): string {
  return proxy.username === undefined && proxy.password === undefined
    ? "user and password are wanted"
    : "user and password were refused";
}

function printable(reason: string): string {
  return reason.slice(0, MAX_REASON).replace(/[^ -~]/g, "?");
}
