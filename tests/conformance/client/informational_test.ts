// Responses before the final one (RFC 9110 15.2).

import { assertEquals } from "@std/assert";
import type { InformationalResponse } from "../../../client/mod.ts";
import { answer, fieldOf } from "./peer.ts";
import {
  accepted,
  type Case,
  failureOf,
  httpErrorOf,
  refused,
  testCases,
  withPeer,
} from "./support.ts";

const PARSE =
  'RFC 9110 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response, even if the client does not expect one"';
const IGNORE = 'RFC 9110 15.2: "A user agent MAY ignore unexpected 1xx responses"';
const NO_BODY =
  'RFC 9110 15.2: "Since HTTP/1.0 did not define any 1xx status codes ..."; a 1xx "is terminated by the end of the header section; it cannot contain content or trailers"';

const HINT = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n";
const FINAL = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/** A delivered response behind others. */
function behind(name: string, rfc: string, before: string): Case {
  return accepted(name, rfc, before + FINAL, "hello");
}

testCases("informational responses", [
  behind("100, 103 and 200 are three responses", PARSE, `HTTP/1.1 100 Continue\r\n\r\n${HINT}`),
  behind("102 is skipped", PARSE, "HTTP/1.1 102 Processing\r\n\r\n"),
  behind("A 1xx that nobody knows is skipped", IGNORE, "HTTP/1.1 199 Own\r\n\r\n"),
  behind("100 without Expect is skipped", IGNORE, "HTTP/1.1 100 Continue\r\n\r\n".repeat(2)),
  behind(
    "Content-Length of a 1xx means nothing",
    NO_BODY,
    "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n",
  ),
  behind(
    "Connection: close of a 1xx means nothing",
    PARSE,
    "HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n",
  ),
  behind("32 responses before the final one are accepted", PARSE, HINT.repeat(32)),
  refused("33 responses before the final one", IGNORE, HINT.repeat(33) + FINAL, "bad_framing"),
  refused("5,000 times 103", IGNORE, HINT.repeat(5000) + FINAL, "bad_framing"),
  refused(
    "A malformed 103",
    PARSE,
    `HTTP/1.1 103 Early Hints\r\nLink : a\r\n\r\n${FINAL}`,
    "bad_field",
  ),
  refused("Nonsense behind a 103", PARSE, `${HINT}hello`, "bad_status_line"),
]);

Deno.test("Informational responses are told as they come, before the final one [RFC 8297 2]", async () => {
  await withPeer(async (conn) => {
    await conn.readRequest();
    await conn.send("HTTP/1.1 102 Processing\r\n\r\n");
    await conn.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n");
    // The final response only when the hints were heard.
    await conn.released.wait();
    await conn.send(answer("done"));
    await conn.readToEnd();
  }, async (peer, client) => {
    const heard: InformationalResponse[] = [];
    const response = await client.get(peer.url(), {
      onInformational(informational) {
        heard.push(informational);
        if (informational.code === 103) peer.conns[0]!.released.happen();
      },
    });
    assertEquals(response.text(), "done");
    assertEquals(heard.map(({ code, status }) => [code, status]), [[102, "Processing"], [
      103,
      "Early Hints",
    ]]);
    assertEquals(heard[1]!.headers["link"], "</a>, </b>");
    assertEquals(heard[1]!.rawHeaders, [["Link", "</a>"], ["Link", "</b>"]]);
    assertEquals(response.headers["link"], undefined);
  });
});

Deno.test("What onInformational throws ends the request and its connection", async () => {
  await withPeer(async (conn) => {
    await conn.readRequest();
    await conn.send(HINT);
    await conn.readToEnd();
  }, async (peer, client) => {
    const error = await failureOf(client.get(peer.url(), {
      onInformational() {
        throw new Error("no hints, please");
      },
    }));
    assertEquals((error as Error).message, "no hints, please");
    assertEquals(client.stats().connections, 0);
  });
});

Deno.test("101 is an answer to a request for an upgrade only [RFC 9110 7.8]", async () => {
  const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n";
  await withPeer(async (conn) => {
    await conn.serve((request) => {
      return fieldOf(request, "upgrade") === "echo" ? `${SWITCH}first` : SWITCH;
    });
  }, async (peer, client) => {
    const asked = { Connection: "Upgrade", Upgrade: "echo" };
    const response = await client.get(peer.url(), { headers: asked });
    assertEquals([response.code, response.body?.length], [101, 0]);
    using sock = client.sock();
    const bytes = new Uint8Array(100);
    const count = await sock.read(bytes);
    assertEquals(new TextDecoder().decode(bytes.subarray(0, count!)), "first");
    await httpErrorOf(client.get(peer.url()), "bad_framing");
  });
});
