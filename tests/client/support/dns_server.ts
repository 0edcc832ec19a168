// A DNS server in the tests' hands: UDP and TCP on one free port of loopback, which answers by a script.

import { Buffer } from "node:buffer";
import { createSocket, type Socket } from "node:dgram";
import { AUTHORITATIVE_ANSWER, decode, encode, TRUNCATED_RESPONSE } from "dns-packet";
import type { NameServer } from "../../../client/dial/route_settings.ts";

/** A question that arrived. */
export interface Asked {
  readonly name: string;
  readonly type: string;
  readonly over: "udp" | "tcp";
}

/** A record of an answer. */
export interface Answered {
  readonly name: string;
  readonly type: string;
  readonly data: string;
}

/** What to answer; undefined: nothing. */
export interface Reply {
  /** RFC 1035 4.1.1. Default: 0, no error. */
  readonly code?: number;
  readonly isTruncated?: boolean;
  readonly answers?: readonly Answered[];
}

/** What is answered to a question. */
export type Script = (asked: Asked) => Reply | undefined;

/** The bytes of an answer to the bytes of a question. */
export function replyTo(query: Uint8Array, { code = 0, isTruncated, answers }: Reply): Uint8Array {
  const { id, questions } = decode(Buffer.from(query));
  const flags = code | AUTHORITATIVE_ANSWER | (isTruncated ? TRUNCATED_RESPONSE : 0);
  return encode({ type: "response", id, flags, questions, answers: answers ?? [] });
}

/** Records of addresses. */
export function addressesOf(name: string, ...addresses: string[]): Answered[] {
  return addresses.map((data) => ({ name, type: data.includes(":") ? "AAAA" : "A", data }));
}

/** A script of one table: what is not in it does not exist. */
export function tableScript(table: Record<string, string[]>): Script {
  return ({ name, type }) => {
    const addresses = table[name];
    if (addresses === undefined) return { code: 3 };
    return { answers: addressesOf(name, ...addresses).filter((it) => it.type === type) };
  };
}

/** The server. */
export class DnsServer implements AsyncDisposable {
  readonly address: NameServer;
  /** The questions, in their order. */
  readonly asked: Asked[] = [];
  readonly #script: Script;
  readonly #socket: Socket;
  readonly #listener: Deno.TcpListener;
  readonly #conns: Deno.Conn[] = [];
  readonly #serving: Promise<void>;

  constructor(script: Script, socket: Socket, listener: Deno.TcpListener) {
    this.#script = script;
    this.#socket = socket;
    this.#listener = listener;
    this.address = { ipAddr: "127.0.0.1", port: listener.addr.port };
    socket.on("message", (query, { port, address }) => {
      const reply = this.#answer(query, "udp");
      if (reply !== undefined) socket.send(reply, port, address);
    });
    this.#serving = this.#serve();
  }

  #answer(query: Uint8Array, over: Asked["over"]): Uint8Array | undefined {
    const { name, type } = decode(Buffer.from(query)).questions[0];
    const asked: Asked = { name, type, over };
    this.asked.push(asked);
    const reply = this.#script(asked);
    return reply === undefined ? undefined : replyTo(query, reply);
  }

  async #serve(): Promise<void> {
    for await (const conn of this.#listener) {
      this.#conns.push(conn);
      // A query on loopback is small enough to come in one piece, behind its length.
      const query = new Uint8Array(2048);
      const count = await conn.read(query);
      const reply = count === null ? undefined : this.#answer(query.subarray(2, count), "tcp");
      if (reply === undefined) continue;
      await conn.write(Uint8Array.of(reply.length >> 8, reply.length & 0xff, ...reply));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const conn of this.#conns) conn.close();
    this.#listener.close();
    await this.#serving;
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

/** Starts a server. */
export async function startDnsServer(script: Script): Promise<DnsServer> {
  while (true) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const socket = createSocket("udp4");
    const { promise, resolve } = Promise.withResolvers<boolean>();
    socket.once("error", () => resolve(false));
    socket.bind(listener.addr.port, "127.0.0.1", () => resolve(true));
    if (await promise) return new DnsServer(script, socket, listener);
    // The port is free for TCP only.
    listener.close();
    socket.close();
  }
}
