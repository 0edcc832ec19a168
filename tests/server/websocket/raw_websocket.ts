// A client that sends the frames it is told to and describes those it gets, without any opinion of its own:
// `using client = await RawWebSocket.open(port)`. Frames are described as `text "a"`, `binary 61 62`, `close 1000 "bye"`.

import { Buffer } from "node:buffer";
import { constants, inflateRawSync } from "node:zlib";
import { RawClient, type RawResponse } from "../raw_client.ts";
import { within } from "../../conformance/waiting.ts";

/** The key of RFC 6455 1.3. */
export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

const NAMES = ["continuation", "text", "binary", , , , , , "close", "ping", "pong"];
/** Opcodes by name. */
const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** What is unusual about a frame. */
export interface FrameOptions {
  fin?: boolean;
  /** The bits RSV1 to RSV3, as a number of three bits. */
  reserved?: number;
  mask?: readonly number[] | null;
  /** How many bytes the length takes. Default: as few as possible. */
  lengthBytes?: 0 | 2 | 8;
}

/** A frame of a client's (RFC 6455 5.2). */
export function frame(
  opcode: number | keyof typeof OPCODES,
  payload: string | Uint8Array = "",
  options: FrameOptions = {},
): Uint8Array<ArrayBuffer> {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const { fin = true, reserved = 0, mask = [0x37, 0xfa, 0x21, 0x3d] } = options;
  const { lengthBytes = bytes.length < 126 ? 0 : bytes.length < 65536 ? 2 : 8 } = options;
  const code = typeof opcode === "number" ? opcode : OPCODES[opcode];
  const whole = new Uint8Array(2 + lengthBytes + (mask === null ? 0 : 4) + bytes.length);
  whole[0] = (fin ? 0x80 : 0) | reserved << 4 | code;
  const short = lengthBytes === 0 ? bytes.length : lengthBytes === 2 ? 126 : 127;
  whole[1] = (mask === null ? 0 : 0x80) | short;
  const view = new DataView(whole.buffer);
  if (lengthBytes === 2) view.setUint16(2, bytes.length);
  if (lengthBytes === 8) view.setBigUint64(2, BigInt(bytes.length));
  const at = whole.length - bytes.length;
  if (mask !== null) whole.set(mask, at - 4);
  whole.set(mask === null ? bytes : bytes.map((byte, i) => byte ^ mask[i & 3]!), at);
  return whole;
}

/** A close frame. */
export function close(code?: number, reason = ""): Uint8Array<ArrayBuffer> {
  if (code === undefined) return frame("close");
  const text = new TextEncoder().encode(reason);
  return frame("close", Uint8Array.of(code >> 8, code & 0xff, ...text));
}

/** One connection. */
export class RawWebSocket implements Disposable {
  readonly client: RawClient;
  readonly head: Pick<RawResponse, "status" | "headers">;

  private constructor(client: RawClient, head: RawWebSocket["head"]) {
    this.client = client;
    this.head = head;
  }

  /** Opens a WebSocket, or fails with the status. */
  static async open(
    server: { readonly addr: Deno.Addr },
    path = "/",
    fields: string[] = [],
  ): Promise<RawWebSocket> {
    const client = await RawClient.connect(server as Parameters<typeof RawClient.connect>[0]);
    await client.request(`GET ${path}`, [...HANDSHAKE, ...fields]);
    const head = await client.readHead();
    if (head.status === 101) return new RawWebSocket(client, head);
    client[Symbol.dispose]();
    throw new Error(`Cannot open WebSocket: ${head.status}`);
  }

  /** Sends bytes as they are. */
  async send(...pieces: Uint8Array[]): Promise<void> {
    for (const piece of pieces) await within("the server takes bytes", this.client.send(piece));
  }

  /** Describes the next frame; "end" at the end of the connection. */
  async read(): Promise<string> {
    let head: string;
    try {
      head = await this.#take(2);
    } catch {
      return "end";
    }
    const [first, second] = [head.charCodeAt(0), head.charCodeAt(1)];
    const short = second & 0x7f;
    const extended = short < 126 ? "" : await this.#take(short === 126 ? 2 : 8);
    const length = short < 126 ? short : parseInt(hexOf(extended, ""), 16);
    const isCompressed = (first & 0x40) !== 0;
    const sent = await this.#take(length);
    const payload = isCompressed ? inflated(sent) : sent;
    const flags = [
      first & 0x80 ? "" : "unfinished ",
      isCompressed ? "compressed " : "",
      first & 0x30 ? "reserved " : "",
      second & 0x80 ? "masked " : "",
    ];
    return `${flags.join("")}${describe(first & 15, payload)}`;
  }

  /** Describes so many frames. */
  async readSome(count: number): Promise<string[]> {
    const frames: string[] = [];
    for (let i = 0; i < count; i++) frames.push(await this.read());
    return frames;
  }

  /** Describes all frames up to the end of the connection. */
  async readToEnd(): Promise<string[]> {
    const frames: string[] = [];
    for (let it; (it = await this.read()) !== "end";) frames.push(it);
    return frames;
  }

  async #take(count: number): Promise<string> {
    return await within("a frame", this.client.take(count));
  }

  [Symbol.dispose](): void {
    this.client[Symbol.dispose]();
  }
}

/** The fields of a handshake, but Host. */
export const HANDSHAKE: string[] = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Key: ${KEY}`,
  "Sec-WebSocket-Version: 13",
];

/** A compressed message (RFC 7692 7.2.2), a character per byte. */
function inflated(payload: string): string {
  const bytes = Buffer.from(payload + "\0\0\xff\xff", "latin1");
  return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString("latin1");
}

function describe(opcode: number, payload: string): string {
  const name = NAMES[opcode] ?? `opcode ${opcode}`;
  const bytes = Uint8Array.from(payload, (character) => character.charCodeAt(0));
  if (name === "binary") return `binary ${hexOf(payload, " ")}`.trim();
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  if (name !== "close") return `${name} ${JSON.stringify(text.decode(bytes))}`;
  if (payload === "") return name;
  const reason = bytes.length > 2 ? ` ${JSON.stringify(text.decode(bytes.subarray(2)))}` : "";
  return `close ${bytes[0]! << 8 | bytes[1]!}${reason}`;
}

/** Long ones as their number: they are compared elsewhere. */
function hexOf(payload: string, between: string): string {
  if (payload.length > 64) return `of ${payload.length} bytes`;
  return Array.from(payload, (it) => it.charCodeAt(0).toString(16).padStart(2, "0")).join(between);
}
