// The four forms of a target (RFC 9112 3.2) and Host (RFC 9112 3.2, RFC 9110 7.2).

import { type Case, refused, testCases } from "./support.ts";
import type { Handler } from "../../server/mod.ts";

/** Tells what the request is about. */
const tellHost: Handler = (con, req) => {
  con.send(`${req.rawPath} at ${req.headers["host"] ?? "nowhere"}`);
};
/** CONNECT has no 2xx but through `upgrade`. */
const refuseConnect: Handler = (con) => con.sendError(405);

const ONE_HOST =
  'RFC 9112 3.2: "A server MUST respond with a 400 … to any HTTP/1.1 request message that lacks a Host header field and to any request message that contains more than one Host header field line or a Host header field with an invalid field value"';
const ABSOLUTE =
  'RFC 9112 3.2.2: "the origin server MUST ignore the received Host header field (if any) and instead use the host information of the request-target"';
const AUTHORITY = 'RFC 9112 3.2.3: "authority-form = uri-host ":" port", only for CONNECT';
const ASTERISK =
  'RFC 9112 3.2.4: "The asterisk-form of request-target is only used for a server-wide OPTIONS request"';

function told(name: string, rfc: string, send: string, told: string): Case {
  return { name, rfc, send, expect: [200], then: "open", bodies: [told], handler: tellHost };
}

const get = (target: string, host = "b"): string =>
  `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const withHost = (host: string): string => get("/", host);

testCases("targets and Host", [
  told(
    "The origin form is about Host",
    "RFC 9112 3.2.1: origin-form",
    get("/x?y", "a:80"),
    "/x?y at a:80",
  ),
  told("The target in absolute form rules over Host", ABSOLUTE, get("http://a/x?y"), "/x?y at a"),
  told("An absolute form keeps its port", ABSOLUTE, get("http://a:81/"), "/ at a:81"),
  told("An absolute form without a path is about /", ABSOLUTE, get("http://a"), "/ at a"),
  told("An absolute form with a query alone is about /", ABSOLUTE, get("http://a?x"), "/?x at a"),
  told(
    "The scheme of an absolute form is taken in any case",
    'RFC 9110 4.2.3: "scheme and host are case-insensitive"',
    get("HTTP://a/"),
    "/ at a",
  ),
  refused("An absolute form without Host", ONE_HOST, "GET http://a/ HTTP/1.1\r\n\r\n"),
  refused("An absolute form with a bad Host", ONE_HOST, get("http://a/", "b@c")),
  refused(
    "An absolute form with two Hosts",
    ONE_HOST,
    "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
  ),
  refused(
    "An absolute form without a host",
    'RFC 9110 4.2.1: "A recipient that processes such a URI reference MUST reject it as invalid"',
    get("http:///x"),
  ),
  refused(
    "User information in an absolute form",
    'RFC 9110 4.2.4: "a recipient SHOULD parse for userinfo and treat its presence as an error"',
    get("http://user@a/"),
  ),
  refused("A bad port in an absolute form", ABSOLUTE, get("http://a:99999/")),
  refused("A port that is no number in an absolute form", ABSOLUTE, get("http://a:b/")),
  refused("An absolute form without an authority", ABSOLUTE, get("http:/x")),
  refused("A scheme without anything", ABSOLUTE, get("http:")),
  ...["https://a/", "ftp://a/", "file:///etc/passwd", "ws://a/"].map((target) =>
    refused(
      `The target "${target}" on a plain connection`,
      'RFC 9110 7.4: "an origin server MUST reject a request if any scheme-specific requirements for the target URI are not met", with 421',
      get(target),
      421,
    )
  ),
  refused("A relative target", 'RFC 9112 3.2.1: "absolute-path"', get("x")),
  refused("A target with a query alone", 'RFC 9112 3.2.1: "absolute-path"', get("?x")),
  refused("A target in authority form for GET", AUTHORITY, get("a:80")),

  {
    name: "CONNECT takes host and port",
    rfc: AUTHORITY,
    send: "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    methods: ["CONNECT"],
    expect: [405],
    then: "open",
    seen: ["CONNECT a:80"],
    handler: refuseConnect,
  },
  {
    name: "CONNECT takes an IPv6 address",
    rfc: AUTHORITY,
    send: "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]\r\n\r\n",
    methods: ["CONNECT"],
    expect: [405],
    then: "open",
    seen: ["CONNECT [::1]:443"],
    handler: refuseConnect,
  },
  ...["/", "*", "a", "a:", ":80", "a:80/", "http://a:80/", "u@a:80", "a:b", "a:99999", "[::1]"].map(
    (target) =>
      refused(`CONNECT to "${target}"`, AUTHORITY, `CONNECT ${target} HTTP/1.1\r\nHost: a\r\n\r\n`),
  ),
  {
    ...told(
      "OPTIONS takes an asterisk",
      ASTERISK,
      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
      "* at a",
    ),
    methods: ["OPTIONS"],
  },
  refused("An asterisk for GET", ASTERISK, get("*")),
  refused("An asterisk with more", ASTERISK, "OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n"),

  refused("HTTP/1.1 without Host", ONE_HOST, "GET / HTTP/1.1\r\n\r\n"),
  refused(
    "HTTP/1.1 with other fields but no Host",
    ONE_HOST,
    "GET / HTTP/1.1\r\nX-Host: a\r\n\r\n",
  ),
  refused("Two Host fields", ONE_HOST, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
  refused("The same Host twice", ONE_HOST, "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nhost: a\r\n\r\n"),
  refused("Two Hosts in HTTP/1.0", ONE_HOST, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
  refused("A bad Host in HTTP/1.0", ONE_HOST, "GET / HTTP/1.0\r\nHost: a b\r\n\r\n"),
  {
    name: "HTTP/1.0 needs no Host",
    rfc: 'RFC 9112 3.2: only "any HTTP/1.1 request message that lacks a Host" is refused',
    send: "GET / HTTP/1.0\r\n\r\n",
    expect: [200],
    then: "closed",
    bodies: ["/ at nowhere"],
    handler: tellHost,
  },
  {
    name: "HTTP/1.0 may have a Host",
    rfc: "RFC 9112 3.2",
    send: "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    expect: [200],
    then: "closed",
    bodies: ["/ at a"],
    handler: tellHost,
  },
  ...[
    "a",
    "a.b.c",
    "a.",
    "a-b_c~",
    "127.0.0.1",
    "127.0.0.1:80",
    "[::1]",
    "[::1]:80",
    "a:",
    "a:0",
    "a:65535",
    "%61",
    "a,b",
    "A",
  ]
    .map((host) =>
      told(
        `Host "${host}" is accepted`,
        'RFC 9110 7.2: "Host = uri-host [ ":" port ]"',
        withHost(host),
        `/ at ${host}`,
      )
    ),
  ...[
    "",
    ":80",
    "user@a",
    "user:secret@a",
    "@a",
    "a:65536",
    "a:999999999999999999999",
    "a:-1",
    "a:+1",
    "a:0x50",
    "a:8 0",
    "a:80:80",
    "a:b",
    "[::1",
    "::1",
    "::1]",
    "[]",
    "[::1]x",
    "[::1]:b",
    "[::1]:65536",
    "[zz]",
    "[1.2.3.4]",
    "[[::1]]",
    "a b",
    "a\tb",
    "a/b",
    "a/",
    "/",
    "a?b",
    "a#b",
    "a\\b",
    'a"b',
    "<a>",
    "{a}",
    "a|b",
    "a^b",
    "%",
    "%6",
    "%zz",
    "http://a",
    "a\x01",
    "a\0",
    "a\x7f",
    "\xe4",
  ].map((host) => refused(`Host ${JSON.stringify(host)}`, ONE_HOST, withHost(host))),
]);
