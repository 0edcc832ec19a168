// What comes behind a response (RFC 9112 6.3), and bodies that end with the connection.

import { accepted, type Case, refused, testCases } from "./support.ts";

const SURPLUS =
  'RFC 9112 6.3: "A client MUST NOT process, cache, or forward such extra data as a separate response, since such behavior would be vulnerable to cache poisoning"';
const UNTIL_CLOSE =
  'RFC 9112 6.3: "this is a response message without a declared message body length, so the message body length is determined by the number of octets received prior to the server closing the connection"';
const NO_SWITCH =
  'RFC 9112 9.2: "A client that receives data on a connection that does not have outstanding requests MUST NOT consider that data to be a valid response"';
const CHUNKS = "5\r\nhello\r\n0\r\n\r\n";

function ok(fields: string, rest: string, start: string = "HTTP/1.1 200 OK"): string {
  return `${start}\r\n${fields}\r\n${rest}`;
}

const EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
const surplus: Case[] = [
  accepted(
    "A second response in the same write is never delivered",
    SURPLUS,
    ok("Content-Length: 5\r\n", `hello${EVIL}`),
    "hello",
    "closed",
  ),
  accepted(
    "One byte too many poisons",
    SURPLUS,
    ok("Content-Length: 5\r\n", "hello!"),
    "hello",
    "closed",
  ),
  accepted(
    "A line break too many poisons",
    SURPLUS,
    ok("Content-Length: 5\r\n", "hello\r\n"),
    "hello",
    "closed",
  ),
  accepted(
    "A response behind the last chunk is never delivered",
    SURPLUS,
    ok("Transfer-Encoding: chunked\r\n", CHUNKS + EVIL),
    "hello",
    "closed",
  ),
  accepted(
    "A body behind Content-Length 0 poisons",
    SURPLUS,
    ok("Content-Length: 0\r\n", EVIL),
    "",
    "closed",
  ),
  refused(
    "101 that was not asked for",
    NO_SWITCH,
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    "bad_framing",
  ),
];
testCases("surplus bytes", surplus);

const untilClose: Case[] = [
  {
    ...accepted(
      "Without a length the body ends with the connection",
      UNTIL_CLOSE,
      ok("", "hello"),
      "hello",
      "closed",
    ),
    fin: true,
  },
  {
    ...accepted("Such a body may be empty", UNTIL_CLOSE, ok("", ""), "", "closed"),
    fin: true,
  },
  {
    ...accepted(
      "Nothing in such a body is another response",
      UNTIL_CLOSE,
      ok("", EVIL + EVIL),
      EVIL + EVIL,
      "closed",
    ),
    fin: true,
  },
  {
    ...accepted(
      "keep-alive does not make such a connection live on",
      UNTIL_CLOSE,
      ok("Connection: keep-alive\r\n", "hello", "HTTP/1.0 200 OK"),
      "hello",
      "closed",
    ),
    fin: true,
  },
];
testCases("bodies until close", untilClose);
