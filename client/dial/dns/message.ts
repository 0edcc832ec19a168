// Questions to DNS servers and their answers as bytes (RFC 1035), about addresses only. Pure.

import { Buffer } from "node:buffer";
import { decode, encode, RECURSION_DESIRED } from "dns-packet";
import { isDnsName } from "../host_name.ts";

/** What is asked for. */
export type RecordType = "A" | "AAAA";

/** A question under way. */
export interface DnsQuestion {
  /** Chosen at random, for the answer to repeat. */
  readonly id: number;
  readonly name: string;
  readonly type: RecordType;
}

/** What a server answered. */
export interface DnsAnswer {
  /** RFC 1035 4.1.1 by name, such as `NOERROR`, `NXDOMAIN`, `SERVFAIL`. */
  readonly code: string;
  /** Whether it did not fit, and has to be asked for over TCP. */
  readonly isTruncated: boolean;
  /** The addresses of the name, or of what it is an alias of. */
  readonly addresses: readonly string[];
}

/** What this file uses of a message as `dns-packet` has it. */
interface Message {
  id: number;
  type: "query" | "response";
  rcode: string;
  flag_tc: boolean;
  questions: { name: string; type: string; class: string }[];
  answers: { name: string; type: string; class: string; data: unknown }[];
}

/** A question as bytes. Throws when the name cannot be one of DNS. */
export function encodeQuestion({ id, name, type }: DnsQuestion): Uint8Array {
  if (!isDnsName(name)) throw new Error("it is not a name that DNS can have");
  return encode({
    type: "query",
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name, type, class: "IN" }],
  });
}

/** The answer to a question; undefined for whatever else arrived. */
export function parseAnswer(bytes: Uint8Array, question: DnsQuestion): DnsAnswer | undefined {
  let message: Message;
  try {
    message = decode(Buffer.from(bytes));
  } catch {
    return undefined; // Anybody can send bytes: what is not an answer is none.
  }
  // The decoder reads numbers past the end without a word, and tells how far it came.
  if (decode.bytes > bytes.length) return undefined;
  const { id, type, questions: [asked], rcode } = message;
  if (
    type !== "response" || id !== question.id || message.questions.length !== 1 ||
    asked!.type !== question.type || asked!.class !== "IN" ||
    canonical(asked!.name) !== canonical(question.name)
  ) return undefined;
  return { code: rcode, isTruncated: message.flag_tc, addresses: addressesIn(message, question) };
}

/** Follows aliases, in whatever order they stand, and takes the addresses at their end. */
function addressesIn({ answers }: Message, { name, type }: DnsQuestion): string[] {
  const names = new Set([canonical(name)]);
  const aliases = answers.filter((it) => it.type === "CNAME");
  for (let size = 0; size < names.size;) {
    size = names.size;
    for (const { name, data } of aliases) {
      if (names.has(canonical(name))) names.add(canonical(data as string));
    }
  }
  return answers
    .filter((it) => it.type === type && it.class === "IN" && names.has(canonical(it.name)))
    .map((it) => it.data as string);
}

/** Case and the final dot make no difference (RFC 4343). */
function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
