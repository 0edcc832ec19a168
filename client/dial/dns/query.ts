// One question to one DNS server: over UDP, repeated when nothing comes; over TCP when the answer does not fit
// (RFC 7766). The network is given: sockets may have to carry a mark.

import { closeQuietly, whileOpen } from "../aborting.ts";
import {
  type DnsAnswer,
  type DnsQuestion,
  encodeQuestion,
  parseAnswer,
  type RecordType,
} from "./message.ts";
import type { NameServer } from "../route_settings.ts";
import { readExactly } from "../read_exactly.ts";
import type { DatagramSocket, Transport } from "../transport.ts";

/** The ways to a server. Both reject with the signal's reason when it aborts. */
export interface DnsNetwork {
  openDatagrams(server: NameServer, signal: AbortSignal): Promise<DatagramSocket>;
  openStream(server: NameServer, signal: AbortSignal): Promise<Transport>;
}

/** How often a server is asked, and how long its answer may take each time. */
export interface DnsPatience {
  readonly tries: number;
  readonly tryMs: number;
}

/** A question for a server. */
export interface DnsQuery {
  readonly server: NameServer;
  readonly name: string;
  readonly type: RecordType;
}

/** Asks a server. Rejects when it does not answer. */
export async function queryServer(
  { server, name, type }: DnsQuery,
  network: DnsNetwork,
  patience: DnsPatience,
  signal: AbortSignal,
): Promise<DnsAnswer> {
  const id = crypto.getRandomValues(new Uint16Array(1))[0]!;
  const question = { id, name, type };
  const socket = await network.openDatagrams(server, signal);
  let answer: DnsAnswer;
  try {
    answer = await whileOpen(socket, signal, () => askByDatagrams(socket, question, patience));
  } finally {
    closeQuietly(socket);
  }
  if (!answer.isTruncated) return answer;
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(patience.tries * patience.tryMs)]);
  const stream = await network.openStream(server, inTime);
  try {
    return await whileOpen(stream, inTime, () => askByStream(stream, question));
  } finally {
    closeQuietly(stream);
  }
}

async function askByDatagrams(
  socket: DatagramSocket,
  question: DnsQuestion,
  { tries, tryMs }: DnsPatience,
): Promise<DnsAnswer> {
  const query = encodeQuestion(question);
  for (let round = 0; round < tries; round++) {
    await socket.send(query);
    for (const until = performance.now() + tryMs;;) {
      const bytes = await socket.receive(Math.max(0, until - performance.now()));
      if (bytes === undefined) break;
      const answer = parseAnswer(bytes, question);
      if (answer !== undefined) return answer;
    }
  }
  throw new Error(`no answer within ${tries * tryMs / 1000} s`);
}

async function askByStream(stream: Transport, question: DnsQuestion): Promise<DnsAnswer> {
  const query = encodeQuestion(question);
  const message = new Uint8Array(2 + query.length);
  new DataView(message.buffer).setUint16(0, query.length);
  message.set(query, 2);
  for (let at = 0; at < message.length;) at += await stream.write(message.subarray(at));
  const [high, low] = await readExactly(stream, 2);
  const answer = parseAnswer(await readExactly(stream, high! << 8 | low!), question);
  if (answer === undefined) throw new Error("it answers over TCP what was not asked");
  return answer;
}
