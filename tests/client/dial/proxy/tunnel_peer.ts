// A proxy in the tests' hands: `tunnel(open, script)` connects to a listener, lets the client open its tunnel and
// the script play the other end, and hands out what came of it.

import { assertEquals } from "@std/assert";
import type { ProxySettings } from "../../../../client/dial/proxy/proxy.ts";
import type { Transport } from "../../../../client/dial/transport.ts";
import { bytesOf, textOf } from "../../../wire/fakes.ts";

/** The proxy's end of the connection. Text has a character per byte. */
export class Peer {
  readonly conn: Deno.Conn;

  constructor(conn: Deno.Conn) {
    this.conn = conn;
  }

  /** Reads so many bytes, or fewer at the end. */
  async read(count: number): Promise<string> {
    const bytes = new Uint8Array(count);
    let at = 0;
    while (at < count) {
      const got = await this.conn.read(bytes.subarray(at));
      if (got === null) break;
      at += got;
    }
    return textOf(bytes.subarray(0, at));
  }

  /** Reads a head to its empty line, and not a byte beyond it. */
  async readHead(): Promise<string> {
    let head = "";
    while (!head.endsWith("\r\n\r\n")) {
      const next = await this.read(1);
      if (next === "") break;
      head += next;
    }
    return head;
  }

  /** Reads bytes and asserts that they are these. */
  async expect(bytes: number[]): Promise<void> {
    assertEquals([...bytesOf(await this.read(bytes.length))], bytes);
  }

  /** Sends text or bytes; `step`: so many at a time. */
  async send(data: string | number[], step: number = Infinity): Promise<void> {
    const bytes = typeof data === "string" ? bytesOf(data) : Uint8Array.from(data);
    for (let at = 0; at < bytes.length;) {
      at += await this.conn.write(bytes.subarray(at, Math.min(at + step, bytes.length)));
    }
  }
}

/** Settings of a proxy; it is reached by other means in these tests. */
export function settings(
  protocol: ProxySettings["protocol"],
  username?: string,
  password?: string,
): ProxySettings {
  return { protocol, host: "proxy.test", port: 3128, username, password };
}

/** Runs both ends; what `open` resolves with, or the first error of either. */
export async function tunnel<T>(
  open: (transport: Transport) => Promise<T>,
  script: (peer: Peer) => Promise<void>,
): Promise<T> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  conn.setNoDelay(true);
  using accepted = await accepting;
  accepted.setNoDelay(true);
  const failures: unknown[] = [];
  const note = (end: Deno.Conn) => (error: unknown): void => {
    failures.push(error);
    end[Symbol.dispose](); // So that the other end does not wait for ever.
  };
  const played = script(new Peer(accepted)).catch(note(accepted));
  const result = await open(conn).catch(note(conn));
  await played;
  if (failures.length > 0) throw failures[0];
  return result as T;
}
