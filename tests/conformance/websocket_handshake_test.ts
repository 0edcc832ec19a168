// RFC 6455 4.2 and RFC 7692 7, the requirements on a server's handshake: requests by their fields.

import { assertEquals } from "@std/assert";
import type { UpgradeWebSocketOptions } from "../../server/websocket/options.ts";
import { RawClient } from "../server/raw_client.ts";
import { HANDSHAKE, KEY } from "../server/websocket/raw_websocket.ts";
import { Sockets } from "../server/websocket/sockets.ts";
import type { Row } from "./table.ts";

/** What becomes of a handshake: status, and the fields that matter. */
interface Shake extends Row {
  line?: string;
  /** All fields but Host. */
  fields: string[];
  status: number;
  expect?: Record<string, string | undefined>;
  options?: UpgradeWebSocketOptions;
}

const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const with13 = { "sec-websocket-version": "13", "upgrade": "websocket" };

/** The fields of a good handshake without those that begin with `name`, and with others. */
function but(name: string, ...others: string[]): string[] {
  return [...HANDSHAKE.filter((field) => !field.startsWith(name)), ...others];
}

const offer = (...offers: string[]): string[] => [
  ...HANDSHAKE,
  ...offers.map((it) => `Sec-WebSocket-Extensions: ${it}`),
];
const COMPRESSING = { compression: true };
const agreedTo = (params = ""): Record<string, string> => ({
  "sec-websocket-extensions":
    `permessage-deflate; server_no_context_takeover; client_no_context_takeover${params}`,
});
const declined = { "sec-websocket-extensions": undefined };

const HANDSHAKES: Shake[] = [
  {
    name: "A good handshake is answered with the proof",
    rfc: 'RFC 6455 1.3: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="',
    fields: HANDSHAKE,
    status: 101,
    expect: {
      "upgrade": "websocket",
      "connection": "upgrade",
      "sec-websocket-accept": ACCEPT,
      "sec-websocket-protocol": undefined,
      "sec-websocket-extensions": undefined,
    },
  },
  {
    name: "Tokens are found in lists and in any case",
    rfc: 'RFC 6455 4.2.1: "treated as an ASCII case-insensitive value"',
    fields: [
      "upgrade: h2c, WebSocket",
      "CONNECTION: keep-alive,UPGRADE",
      ...HANDSHAKE.slice(2),
    ],
    status: 101,
  },
  {
    name: "Another method than GET is refused",
    rfc: 'RFC 6455 4.2.1: "An HTTP/1.1 or higher GET request"',
    line: "PUT /",
    fields: HANDSHAKE,
    status: 405,
    expect: { allow: "GET" },
  },
  {
    name: "A handshake without Upgrade is told to upgrade",
    rfc: "RFC 9110 15.5.22: 426 Upgrade Required",
    fields: but("Upgrade"),
    status: 426,
    expect: with13,
  },
  {
    name: "An upgrade to something else is told to be one to WebSocket",
    rfc: 'RFC 6455 4.2.1: "containing the value \\"websocket\\""',
    fields: but("Upgrade", "Upgrade: websocket2"),
    status: 426,
    expect: with13,
  },
  {
    name: "A handshake whose Connection lacks Upgrade is refused",
    rfc: 'RFC 6455 4.2.1: "A |Connection| header field that includes the token \\"Upgrade\\""',
    fields: but("Connection", "Connection: keep-alive"),
    status: 400,
  },
  {
    name: "A handshake without a key is refused",
    rfc: 'RFC 6455 4.2.1: "A |Sec-WebSocket-Key| header field"',
    fields: but("Sec-WebSocket-Key"),
    status: 400,
  },
  ...[
    "AAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAA=",
    "AAAAAAAAAAAAAAAAAAAAAB==",
    "AAAAAAAAAAA-AAAAAAAAAA==",
    `${KEY}, ${KEY}`,
  ].map((key): Shake => ({
    name: `The key ${key} is refused`,
    rfc: 'RFC 6455 4.2.1: "a base64-encoded value that, when decoded, is 16 bytes in length"',
    fields: but("Sec-WebSocket-Key", `Sec-WebSocket-Key: ${key}`),
    status: 400,
  })),
  {
    name: "Two keys are refused",
    rfc: 'RFC 6455 11.3.1: "MUST NOT appear more than once in an HTTP request"',
    fields: [...HANDSHAKE, `Sec-WebSocket-Key: ${KEY}`],
    status: 400,
  },
  ...["", "8", "14", "13, 8"].map((version): Shake => ({
    name: `The version "${version}" is answered with the one that is spoken`,
    rfc: 'RFC 6455 4.4: "the server MUST respond with a |Sec-WebSocket-Version| header field"',
    fields: but("Sec-WebSocket-Version", `Sec-WebSocket-Version: ${version}`),
    status: 426,
    expect: with13,
  })),
  {
    name: "A missing version is answered with the one that is spoken",
    rfc: 'RFC 6455 4.2.1: "A |Sec-WebSocket-Version| header field, with a value of 13"',
    fields: but("Sec-WebSocket-Version"),
    status: 426,
    expect: with13,
  },
  {
    name: "The first preferred subprotocol that is offered is chosen",
    rfc: 'RFC 6455 4.2.2: "the value chosen MUST be derived from the client\'s handshake"',
    fields: [
      ...HANDSHAKE,
      "Sec-WebSocket-Protocol: a, b",
      "Sec-WebSocket-Protocol: c",
    ],
    options: { protocols: ["d", "c", "a"] },
    status: 101,
    expect: { "sec-websocket-protocol": "c" },
  },
  {
    name: "No subprotocol is chosen that is not offered",
    rfc: 'RFC 6455 4.2.2: "if the server does not wish to agree ... it MUST NOT send back"',
    fields: [...HANDSHAKE, "Sec-WebSocket-Protocol: A"],
    options: { protocols: ["a"] },
    status: 101,
    expect: { "sec-websocket-protocol": undefined },
  },
  ...["a b", "a, a", '"a"', "", ","].map((value): Shake => ({
    name: `The subprotocols ${value || "of an empty list"} are refused`,
    rfc: "RFC 6455 4.1: elements are different tokens",
    fields: [...HANDSHAKE, `Sec-WebSocket-Protocol: ${value}`],
    status: 400,
  })),
  ...["a b", "a;", ";a", "a; b=", 'a; b=" "', 'a; b="', "a; b c", ""].map((value): Shake => ({
    name: `The extensions ${value || "of an empty list"} are refused`,
    rfc: 'RFC 6455 9.1: "If a value is received ... that does not conform to the following ABNF"',
    fields: offer(value),
    status: 400,
  })),
  {
    name: "Extensions that nobody knows are not agreed to",
    rfc: 'RFC 6455 9.1: "MUST NOT respond with an extension that was not requested"',
    fields: offer('x; a; b=c; d="\\e"'),
    options: COMPRESSING,
    status: 101,
    expect: declined,
  },
  {
    name: "Compression is agreed to where it is wanted",
    rfc: "RFC 7692 7.1.1: each message by itself",
    fields: offer("x, permessage-deflate; client_max_window_bits"),
    options: COMPRESSING,
    status: 101,
    expect: agreedTo(),
  },
  {
    name: "A window that the client wants is agreed to",
    rfc: 'RFC 7692 7.1.2.1: "MUST include ... with the same or smaller value as the offer"',
    fields: offer('permessage-deflate; server_max_window_bits="9"'),
    options: COMPRESSING,
    status: 101,
    expect: agreedTo("; server_max_window_bits=9"),
  },
  {
    name: "A window too small for the library is declined, and the next offer accepted",
    rfc:
      'RFC 7692 7.1.2.1: "A server declines an extension negotiation offer ... if not supported"',
    fields: offer("permessage-deflate; server_max_window_bits=8, permessage-deflate"),
    options: COMPRESSING,
    status: 101,
    expect: agreedTo(),
  },
  ...[
    "unknown",
    "server_no_context_takeover=1",
    "client_no_context_takeover; client_no_context_takeover",
    "server_max_window_bits",
    "server_max_window_bits=16",
    "server_max_window_bits=010",
    "client_max_window_bits=7",
  ].map((params): Shake => ({
    name: `An offer with ${params} is declined`,
    rfc: 'RFC 7692 7.1: "A server MUST decline an extension negotiation offer" if it is not valid',
    fields: offer(`permessage-deflate; ${params}`),
    options: COMPRESSING,
    status: 101,
    expect: declined,
  })),
];

Deno.test("Handshakes are answered as RFC 6455 4.2 says", async () => {
  const failures: string[] = [];
  for (const { name, rfc, line = "GET /", fields, status, expect = {}, options } of HANDSHAKES) {
    await using it = new Sockets(options);
    using client = await RawClient.connect(it.server);
    await client.request(line, fields);
    try {
      const head = await client.readHead();
      const found = Object.keys(expect).map((field) => [field, head.headers[field]]);
      assertEquals([head.status, Object.fromEntries(found)], [status, expect]);
      assertEquals(it.sockets.length, status === 101 ? 1 : 0);
    } catch (error) {
      failures.push(`${name}; ${rfc}: ${error}`);
    }
  }
  assertEquals(failures, []);
});

Deno.test("A handshake in HTTP/1.0 is refused [RFC 6455 4.2.1]", async () => {
  await using it = new Sockets();
  using client = await RawClient.connect(it.server);
  await client.send(`GET / HTTP/1.0\r\nHost: a\r\n${HANDSHAKE.join("\r\n")}\r\n\r\n`);
  const { status, body } = await client.readResponse();
  assertEquals(status, 426);
  assertEquals(body, "Upgrade Required: Cannot open WebSocket: the client speaks HTTP/1.0\n");
});

Deno.test("A handshake without Host is refused [RFC 6455 4.2.1]", async () => {
  await using it = new Sockets();
  using client = await RawClient.connect(it.server);
  await client.send(`GET / HTTP/1.1\r\n${HANDSHAKE.join("\r\n")}\r\n\r\n`);
  assertEquals((await client.readResponse()).status, 400);
});
