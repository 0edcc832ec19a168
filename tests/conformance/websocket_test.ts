// RFC 6455 and RFC 7692, the requirements on a server once it is connected: frames by their bytes.

import { deflateRawSync } from "node:zlib";
import { assertEquals } from "@std/assert";
import type { UpgradeWebSocketOptions } from "../../server/websocket/options.ts";
import { close, frame } from "../server/websocket/raw_websocket.ts";
import { Sockets } from "../server/websocket/sockets.ts";
import { type Row, testRows } from "./table.ts";
import { LimitError } from "../../wire/errors.ts";

interface Case extends Row {
  /** What the client sends behind its handshake. */
  send: Uint8Array<ArrayBuffer>[];
  /** What it gets, up to the end of the connection; its close frame is answered unless it sent none. */
  answers: string[];
  /** What the socket tells. */
  events: string[];
  options?: UpgradeWebSocketOptions;
  /** Fields of the handshake. */
  fields?: string[];
}

const BYE = close(1000);
/** The end that a client asks for by `BYE`. */
const ENDED = "close 1000 clean";
const tooLong = (most: number): string => new LimitError("maxMessageBytes", most, 413).message;

/** A message that ends the connection: what the client gets, and what the socket tells. */
function refusal(code: number, why: string): Pick<Case, "answers" | "events"> {
  return { answers: [`close ${code}`], events: ["open", `error ${why}`, "close 1006"] };
}

/** What goes back and forth. */
function echoed(...messages: string[]): Pick<Case, "answers" | "events"> {
  return {
    answers: [...messages, "close 1000"],
    events: ["open", ...messages.map((it) => it.replace(/^binary ?(.*)$/, toCount)), ENDED],
  };
}

function toCount(_: string, hex: string): string {
  const count = /^of (\d+) bytes$/.exec(hex)?.[1] ?? (hex === "" ? 0 : hex.split(" ").length);
  return `binary ${count}`;
}

function filled(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).fill(0x61);
}

/** A message as permessage-deflate has it (RFC 7692 7.2.1). */
function deflated(content: Uint8Array | string, options = {}): Uint8Array<ArrayBuffer> {
  const bytes = deflateRawSync(content, { ...options, finishFlush: 2 });
  return new Uint8Array(bytes.subarray(0, bytes.length - 4));
}

const DEFLATE = {
  options: { compression: true },
  fields: ["Sec-WebSocket-Extensions: permessage-deflate"],
};
const COMPRESSED = { reserved: 4 };
const EURO = new TextEncoder().encode("a€");

const FRAMES: Case[] = [
  {
    name: "A masked text message is unmasked, and goes back without a mask",
    rfc: 'RFC 6455 5.1: "A server MUST NOT mask any frames that it sends to the client"',
    send: [frame("text", "Hello"), BYE],
    ...echoed('text "Hello"'),
  },
  {
    name: "The masked example is what it is said to be",
    rfc: 'RFC 6455 5.7: "A single-frame masked text message"',
    send: [Uint8Array.of(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58), BYE],
    ...echoed('text "Hello"'),
  },
  {
    name: "A frame without a mask closes the connection",
    rfc:
      'RFC 6455 5.1: "The server MUST close the connection upon receiving a frame that is not masked"',
    send: [frame("text", "Hello", { mask: null })],
    ...refusal(1002, "Invalid WebSocket frame: MASK must be set"),
  },
  {
    name: "A mask of zeros is one",
    rfc: "RFC 6455 5.3: masking keys are 32 bits of any value",
    send: [frame("binary", "ab", { mask: [0, 0, 0, 0] }), BYE],
    ...echoed("binary 61 62"),
  },
  ...[1, 2, 4].map((reserved): Case => ({
    name: `The reserved bits ${reserved} close the connection`,
    rfc: 'RFC 6455 5.2: "MUST be 0 unless an extension is negotiated that defines meanings"',
    send: [frame("text", "", { reserved })],
    ...refusal(
      1002,
      `Invalid WebSocket frame: ${reserved === 4 ? "RSV1" : "RSV2 and RSV3"} must be clear`,
    ),
  })),
  ...[3, 7, 11, 15].map((opcode): Case => ({
    name: `The opcode ${opcode} closes the connection`,
    rfc: 'RFC 6455 5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail_"',
    send: [frame(opcode, "")],
    ...refusal(1002, `Invalid WebSocket frame: invalid opcode ${opcode}`),
  })),
  ...[0, 125, 126, 127, 65535, 65536].map((size): Case => ({
    name: `A message of ${size} bytes goes both ways`,
    rfc: 'RFC 6455 5.2: "Payload length: 7 bits, 7+16 bits, or 7+64 bits"',
    send: [frame("binary", filled(size)), BYE],
    ...echoed(
      size > 64 ? `binary of ${size} bytes` : "binary",
    ),
  })),
  {
    name: "A length of 64 bits with the first one set closes the connection",
    rfc: 'RFC 6455 5.2: "the most significant bit MUST be 0"',
    send: [Uint8Array.of(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)],
    ...refusal(1009, tooLong(16 * 1024 * 1024)),
  },
  {
    name: "Fragments make one message, with control frames between them",
    rfc: 'RFC 6455 5.4: "Control frames MAY be injected in the middle of a fragmented message"',
    send: [
      frame("text", "Hel", { fin: false }),
      frame("ping", "in between"),
      frame("continuation", "", { fin: false }),
      frame("pong", "unasked"),
      frame("continuation", "lo"),
      BYE,
    ],
    answers: ['pong "in between"', 'text "Hello"', "close 1000"],
    events: ["open", 'text "Hello"', ENDED],
  },
  {
    name: "A continuation of nothing closes the connection",
    rfc: "RFC 6455 5.4: a continuation follows a frame with the FIN bit clear",
    send: [frame("continuation", "a")],
    ...refusal(1002, "Invalid WebSocket frame: invalid opcode 0"),
  },
  {
    name: "A message within another one closes the connection",
    rfc: 'RFC 6455 5.4: "The fragments of one message MUST NOT be interleaved"',
    send: [frame("text", "a", { fin: false }), frame("text", "b")],
    ...refusal(1002, "Invalid WebSocket frame: invalid opcode 1"),
  },
  {
    name: "A control frame in fragments closes the connection",
    rfc: 'RFC 6455 5.5: "MUST NOT be fragmented"',
    send: [frame("ping", "a", { fin: false })],
    ...refusal(1002, "Invalid WebSocket frame: FIN must be set"),
  },
  {
    name: "A control frame may have 125 bytes",
    rfc: 'RFC 6455 5.5: "All control frames MUST have a payload length of 125 bytes or less"',
    send: [frame("ping", filled(125)), BYE],
    answers: [`pong "${"a".repeat(125)}"`, "close 1000"],
    events: ["open", ENDED],
  },
  {
    name: "A control frame of 126 bytes closes the connection",
    rfc: 'RFC 6455 5.5: "All control frames MUST have a payload length of 125 bytes or less"',
    send: [frame("ping", filled(126))],
    ...refusal(1002, "Invalid WebSocket frame: invalid payload length 126"),
  },
  {
    name: "Each ping gets a pong with what it had",
    rfc: 'RFC 6455 5.5.3: "must have identical Application data"',
    send: [frame("ping"), frame("ping", "a"), frame("ping", "b"), BYE],
    answers: ['pong ""', 'pong "a"', 'pong "b"', "close 1000"],
    events: ["open", ENDED],
  },
  {
    name: "A pong that nobody asked for is ignored",
    rfc: 'RFC 6455 5.5.3: "A response to an unsolicited Pong frame is not expected"',
    send: [frame("pong", "a"), frame("text", "b"), BYE],
    ...echoed('text "b"'),
  },
  {
    name: "A character of UTF-8 may be split between fragments",
    rfc: 'RFC 6455 5.6: "a particular text frame might include a partial UTF-8 sequence"',
    send: [
      frame("text", EURO.subarray(0, 2), { fin: false }),
      frame("continuation", EURO.subarray(2, 3), { fin: false }),
      frame("continuation", EURO.subarray(3)),
      BYE,
    ],
    ...echoed('text "a€"'),
  },
  {
    name: "A byte order mark stays what it is, a character",
    rfc: 'RFC 6455 5.6: "text data encoded as UTF-8"',
    send: [frame("text", "\ufeffa"), BYE],
    ...echoed('text "\ufeffa"'),
  },
  ...[[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]].map((
    bytes,
  ): Case => ({
    name: `Text of the bytes ${bytes} closes the connection`,
    rfc: 'RFC 6455 8.1: "that endpoint MUST _Fail the WebSocket Connection_"',
    send: [frame("text", Uint8Array.from(bytes))],
    ...refusal(1007, "Invalid WebSocket frame: invalid UTF-8 sequence"),
  })),
  {
    name: "A close frame without a code is answered by one",
    rfc: 'RFC 6455 7.1.5: "no status code ... is considered to be 1005"',
    send: [close()],
    answers: ["close"],
    events: ["open", "close 1005 clean"],
  },
  {
    name: "A close frame is answered with its code, and its reason is told",
    rfc: 'RFC 6455 5.5.1: "the endpoint typically echos the status code it received"',
    send: [close(4321, "für heute")],
    answers: ["close 4321"],
    events: ["open", 'close 4321 "für heute" clean'],
  },
  {
    name: "What follows a close frame is ignored",
    rfc: 'RFC 6455 1.4: "the peer discards any further data received"',
    send: [frame("text", "a"), close(1001), frame("text", "b"), frame("ping"), Uint8Array.of(255)],
    answers: ['text "a"', "close 1001"],
    events: ["open", 'text "a"', "close 1001 clean"],
  },
  ...[999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535].map((code): Case => ({
    name: `A close frame with code ${code} closes as an error`,
    rfc: "RFC 6455 7.4: codes that must not be set by an endpoint, or are not defined",
    send: [close(code)],
    ...refusal(1002, `Invalid WebSocket frame: invalid status code ${code}`),
  })),
  ...[1000, 1003, 1007, 1011, 1014, 3000, 4999].map((code): Case => ({
    name: `A close frame with code ${code} is a close`,
    rfc: "RFC 6455 7.4: codes that an endpoint may set",
    send: [close(code)],
    answers: [`close ${code}`],
    events: ["open", `close ${code} clean`],
  })),
  {
    name: "A close frame of one byte closes as an error",
    rfc: 'RFC 6455 5.5.1: "the first two bytes of the body MUST be a 2-byte unsigned integer"',
    send: [frame("close", "a")],
    ...refusal(1002, "Invalid WebSocket frame: invalid payload length 1"),
  },
  {
    name: "A reason that is not UTF-8 closes as an error",
    rfc: 'RFC 6455 8.1: "that endpoint MUST _Fail the WebSocket Connection_"',
    send: [frame("close", Uint8Array.of(3, 232, 255))],
    ...refusal(1007, "Invalid WebSocket frame: invalid UTF-8 sequence"),
  },
  {
    name: "A message of as many bytes as are allowed is accepted",
    rfc: 'RFC 6455 7.4.1: "1009 ... a message that is too big for it to process"',
    options: { maxMessageBytes: 100 },
    send: [
      frame("binary", filled(60), { fin: false }),
      frame("continuation", filled(40)),
      BYE,
    ],
    ...echoed("binary of 100 bytes"),
  },
  {
    name: "A message of one byte more closes the connection, before it has arrived",
    rfc: 'RFC 6455 7.4.1: "1009 ... a message that is too big for it to process"',
    options: { maxMessageBytes: 100 },
    send: [
      frame("binary", filled(60), { fin: false }),
      frame("continuation", filled(41)).slice(0, 6),
    ],
    ...refusal(1009, tooLong(100)),
  },
  {
    name: "A message in more than 16384 fragments closes the connection",
    rfc: "RFC 6455 10.4: limits on what arrives in fragments",
    send: [
      frame("text", "", { fin: false }),
      new Uint8Array(16384 * 6).map((_, i) => i % 6 === 1 ? 0x80 : 0),
    ],
    ...refusal(1008, "Cannot accept message: more than 16384 fragments"),
  },
];

const COMPRESSION: Case[] = [
  {
    name: "Compressed messages go both ways, long ones",
    rfc: 'RFC 7692 7.2.1: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end"',
    ...DEFLATE,
    send: [
      frame("text", deflated("Hello"), COMPRESSED),
      frame("text", deflated("a".repeat(1024)), COMPRESSED),
      frame("text", "a".repeat(1023)),
      BYE,
    ],
    answers: [
      'text "Hello"',
      `compressed text "${"a".repeat(1024)}"`,
      `text "${"a".repeat(1023)}"`,
      "close 1000",
    ],
    events: [
      "open",
      'text "Hello"',
      `text "${"a".repeat(1024)}"`,
      `text "${"a".repeat(1023)}"`,
      ENDED,
    ],
  },
  {
    name: "The compressed example is what it is said to be",
    rfc: 'RFC 7692 7.2.3.1: "A Message Compressed Using One Compressed DEFLATE Block"',
    ...DEFLATE,
    send: [
      frame("text", Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00), COMPRESSED),
      BYE,
    ],
    ...echoed('text "Hello"'),
  },
  {
    name: "A compressed message may come in fragments",
    rfc: 'RFC 7692 6: "the RSV1 bit ... only on the first fragment"',
    ...DEFLATE,
    send: [
      frame("text", deflated("Hello").subarray(0, 3), { ...COMPRESSED, fin: false }),
      frame("ping"),
      frame("continuation", deflated("Hello").subarray(3)),
      BYE,
    ],
    answers: ['pong ""', 'text "Hello"', "close 1000"],
    events: ["open", 'text "Hello"', ENDED],
  },
  {
    name: "A second fragment that says that it is compressed closes the connection",
    rfc: 'RFC 7692 6.1: "MUST NOT set the RSV1 bit of ... non-first fragments"',
    ...DEFLATE,
    send: [
      frame("text", deflated("Hello"), { ...COMPRESSED, fin: false }),
      frame("continuation", "", COMPRESSED),
    ],
    ...refusal(1002, "Invalid WebSocket frame: RSV1 must be clear"),
  },
  {
    name: "A compressed message is as long as it is when inflated",
    rfc: "RFC 6455 7.4.1: 1009, and RFC 7692 9 on the exhaustion of resources",
    fields: DEFLATE.fields,
    options: { compression: true, maxMessageBytes: 2000 },
    send: [frame("binary", deflated(filled(2001)), COMPRESSED)],
    ...refusal(1009, tooLong(2000)),
  },
  {
    name: "What cannot be inflated closes the connection",
    rfc: 'RFC 7692 7.2.2: "decompress the resulting data using DEFLATE"',
    ...DEFLATE,
    send: [frame("text", Uint8Array.of(0xff, 0xff, 0xff), COMPRESSED)],
    ...refusal(1007, "invalid block type"),
  },
  {
    name: "Text is checked to be UTF-8 after it was inflated",
    rfc: "RFC 6455 8.1: handling of errors in UTF-8",
    ...DEFLATE,
    send: [frame("text", deflated(Uint8Array.of(0x61, 0xff)), COMPRESSED)],
    ...refusal(1007, "Invalid WebSocket frame: invalid UTF-8 sequence"),
  },
  {
    name: "Nothing is compressed that was not agreed to be",
    rfc: "RFC 6455 9.1: extensions are used when both sides agreed",
    fields: DEFLATE.fields,
    send: [frame("text", deflated("Hello"), COMPRESSED)],
    ...refusal(1002, "Invalid WebSocket frame: RSV1 must be clear"),
  },
];

testRows("All frames end the same when sent byte by byte", [...FRAMES, ...COMPRESSION], play);

async function play(row: Case, isBytewise: boolean): Promise<void> {
  await using it = new Sockets(row.options);
  using client = await it.open(row.fields);
  const bytes = new Uint8Array(await new Blob(row.send).arrayBuffer());
  const whole = client.send(...isBytewise && bytes.length < 1000 ? split(bytes) : [bytes]);
  const answers = await client.readToEnd();
  assertEquals(answers, row.answers);
  await whole;
  assertEquals(it.events, row.events);
  assertEquals(it.errors, []);
}

function split(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

Deno.test("A server that closes waits for the client's close frame [RFC 6455 7.1.1]", async () => {
  await using it = new Sockets({}, (socket) => {
    socket.onmessage = () => socket.close(3000, "bye");
  });
  using client = await it.open();
  await client.send(frame("text", "a"));
  assertEquals(await client.read(), 'close 3000 "bye"');
  // What crosses is read, and told to nobody.
  await client.send(frame("text", "b"), frame("ping"), close(3000));
  // RFC 6455 7.1.1: "the server MUST close the connection first".
  assertEquals(await client.read(), "end");
  await it.until("close 3000 clean");
  assertEquals(it.events, ["open", 'text "a"', "close 3000 clean"]);
});
