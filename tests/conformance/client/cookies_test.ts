// Cookies on the wire (RFC 6265bis, and RFC 6265 where the two agree): what is kept of an answer, and which requests it
// goes with.

import { assertEquals } from "@std/assert";
import { CookieJar, type RequestOptions } from "../../../client/mod.ts";
import { makeCertificate } from "../../peers/certificate.ts";
import { testWith } from "../../peers/programs.ts";
import { answer, fieldOf, fieldsOf, Peer, type PeerRequest } from "./peer.ts";
import { withClient } from "./support.ts";

/** Any name is this machine. */
const RESOLVE: RequestOptions = { resolve: { "*:*": "127.0.0.1" } };

/** One row: what an answer to a URL sets, and which cookies later requests have. */
interface Row {
  name: string;
  /** Where the requirement stands, and a short quote of it. */
  rfc: string;
  /** Host and path that answer first. */
  from: string;
  set: string[];
  /** The field `Cookie` of requests for other hosts and paths; undefined: there is none. */
  then: Record<string, string | undefined>;
}

const HOST_ONLY =
  "RFC 6265bis 5.7: \"Set the cookie's host-only-flag to true. Set the cookie's domain to the canonicalized request-host\"";
const DOMAIN =
  'RFC 6265bis 5.1.3: "A string domain-matches a given domain string if ... The domain string is a suffix of the string"';
const FOREIGN =
  'RFC 6265bis 5.7: "If the canonicalized request-host does not domain-match the domain-attribute: Abort these steps and ignore the cookie entirely"';
const PATH =
  'RFC 6265bis 5.1.4: "A request-path path-matches a given cookie-path if ... the first character of the request-path that is not included in the cookie-path is a %x2F"';
const EXPIRY =
  'RFC 6265bis 5.7: "the user agent MUST evict all expired cookies from the cookie store"';
const PREFIX =
  'RFC 6265bis 5.7: "If the cookie-name begins with a case-insensitive match for the string __Host-, abort these steps ... unless"';

const ROWS: Row[] = [
  {
    name: "A cookie without Domain goes to the host that gave it, and to no other",
    rfc: HOST_ONLY,
    from: "shop.example.com/",
    set: ["a=1"],
    then: {
      "shop.example.com/": "a=1",
      "SHOP.example.com/x": "a=1",
      "example.com/": undefined,
      "a.shop.example.com/": undefined,
    },
  },
  {
    name: "A cookie with Domain goes to all hosts below it",
    rfc: DOMAIN,
    from: "shop.example.com/",
    set: ["a=1; Domain=example.com", "b=2; Domain=.example.com"],
    then: {
      "example.com/": "a=1; b=2",
      "www.example.com/": "a=1; b=2",
      "badexample.com/": undefined,
      "example.com.test/": undefined,
    },
  },
  {
    name: "A cookie for another host, or for one below, is not kept",
    rfc: FOREIGN,
    from: "example.com/",
    set: ["a=1; Domain=example.org", "b=2; Domain=www.example.com"],
    then: { "example.com/": undefined, "example.org/": undefined, "www.example.com/": undefined },
  },
  {
    name: "A cookie for a whole public suffix is not kept",
    rfc:
      'RFC 6265bis 5.7: "If the user agent is configured to reject public suffixes and the domain-attribute is a public suffix"',
    from: "example.co.uk/",
    set: ["a=1; Domain=co.uk", "b=2; Domain=uk"],
    then: { "example.co.uk/": undefined, "other.co.uk/": undefined },
  },
  {
    name: "A cookie without Path goes to the folder of what gave it",
    rfc:
      'RFC 6265bis 5.1.4: "Output the characters of the uri-path from the first character up to, but not including, the right-most %x2F"',
    from: "example.com/shop/cart",
    set: ["a=1"],
    then: {
      "example.com/shop": "a=1",
      "example.com/shop/x/y": "a=1",
      "example.com/": undefined,
      "example.com/shopping": undefined,
    },
  },
  {
    name: "A cookie with Path goes to what is below that, and its case counts",
    rfc: PATH,
    from: "example.com/",
    set: ["a=1; Path=/p"],
    then: {
      "example.com/p": "a=1",
      "example.com/p/q": "a=1",
      "example.com/p?q": "a=1",
      "example.com/pq": undefined,
      "example.com/P": undefined,
    },
  },
  {
    name: "Cookies go with the longest paths first, then the oldest, in one field",
    rfc:
      'RFC 6265bis 5.8.3: "Cookies with longer paths are listed before cookies with shorter paths ... earlier creation-times are listed before"',
    from: "example.com/",
    set: ["a=1; Path=/", "b=2; Path=/p/q", "c=3; Path=/p", "d=4; Path=/p"],
    then: { "example.com/p/q": "b=2; c=3; d=4; a=1" },
  },
  {
    name: "Max-Age of 0 or less removes a cookie, and Max-Age goes before Expires",
    rfc: EXPIRY,
    from: "example.com/",
    set: [
      ...["a=1", "a=2; Max-Age=0", "b=1", "b=2; Max-Age=-1"],
      "c=3; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
      ...["d=4", "d=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
      ...["e=5", "e=6; Max-Age=0; Path=/elsewhere"],
    ],
    then: { "example.com/": "c=3; e=5", "example.com/elsewhere": "c=3; e=5" },
  },
  {
    name: "A cookie with the name of another replaces it",
    rfc:
      'RFC 6265bis 5.7: "If the cookie store contains a cookie with the same name, domain, host-only-flag, and path ..."',
    from: "example.com/",
    set: ["a=1", "A=2", "a=3"],
    then: { "example.com/": "a=3; A=2" },
  },
  {
    name: "What an insecure answer says is Secure is not kept",
    rfc:
      'RFC 6265bis 5.7: "If the request-uri does not denote a secure connection ..., and the secure-only-flag of the cookie is true, then abort these steps"',
    from: "example.com/",
    set: ["a=1; Secure", "b=2"],
    then: { "example.com/": "b=2" },
  },
  {
    name: "The prefixes are not kept from an insecure answer, in any case",
    rfc: PREFIX,
    from: "example.com/",
    set: ["__Host-a=1; Path=/", "__Secure-b=2", "__hOST-c=3; Path=/", "d=4"],
    then: { "example.com/": "d=4" },
  },
  {
    name: "A cookie that is too long is not kept, and those beside it are",
    rfc:
      'RFC 6265bis 5.6: "If the sum of the lengths of the name string and the value string is more than 4096 octets, abort this algorithm"',
    from: "example.com/",
    set: ["a=1", `b=${"x".repeat(4095)}`, `d=${"x".repeat(4096)}`, "c=3; Path=/; Domain="],
    then: { "example.com/": `a=1; b=${"x".repeat(4095)}; c=3` },
  },
];

/** Asks one peer for hosts and paths, by the names that it goes by. */
function urlOf(peer: Peer, place: string, scheme = "http"): string {
  const slash = place.indexOf("/");
  return peer.url(place.slice(slash), scheme, place.slice(0, slash));
}

/** Sets cookies where the path says so by a query of its own. */
function setting(set: () => readonly string[]): (request: PeerRequest) => string {
  return ({ target }) =>
    target.endsWith("?set")
      ? answer("", set().map((it) => `Set-Cookie: ${it}\r\n`).join(""))
      : answer();
}

for (const { name, rfc, from, set, then } of ROWS) {
  Deno.test(`${name} [${rfc.split(":")[0]}]`, async () => {
    await using peer = new Peer((conn) => conn.serve(setting(() => set)));
    await withClient({ ...RESOLVE, cookies: true }, async (client) => {
      const got = await client.get(`${urlOf(peer, from)}?set`);
      assertEquals(got.setCookies, set);
      for (const [place, expected] of Object.entries(then)) {
        await client.get(urlOf(peer, place));
        const asked = peer.executed.at(-1)!;
        assertEquals(fieldsOf(asked, "cookie").length, expected === undefined ? 0 : 1, place);
        assertEquals(fieldOf(asked, "cookie"), expected, place);
      }
    });
  });
}

Deno.test("The caller's own Cookie replaces what is in the jar", async () => {
  await using peer = new Peer((conn) => conn.serve(setting(() => ["a=1"])));
  await withClient({ cookies: true }, async (client) => {
    await client.get(peer.url("/?set"));
    await client.get(peer.url(), { headers: { cookie: "own=1" } });
    await client.get(peer.url(), { cookies: false });
    await client.get(peer.url());
    assertEquals(peer.executed.map((it) => fieldsOf(it, "cookie")), [[], ["own=1"], [], ["a=1"]]);
  });
});

Deno.test("Cookies of a redirect go with the next request, to their own host only [RFC 6265bis 5.7]", async () => {
  await using peer: Peer = new Peer((conn) =>
    conn.serve(({ target }) => {
      if (target !== "/login") return answer();
      const location = `Location: ${urlOf(peer, "example.com/in")}\r\n`;
      return answer(
        "",
        `${location}Set-Cookie: own=1\r\nSet-Cookie: all=2; Domain=example.com\r\n`,
        "302 Found",
      );
    })
  );
  await withClient({ ...RESOLVE, cookies: true, redirect: "follow" }, async (client) => {
    await client.get(urlOf(peer, "www.example.com/login"));
    await client.get(urlOf(peer, "www.example.com/"));
    assertEquals(peer.executed.map((it) => fieldOf(it, "cookie")), [
      ...[undefined, "all=2", "own=1; all=2"],
    ]);
  });
});

Deno.test("Cookies are kept from errors too, and ports share them [RFC 6265bis 8.5]", async () => {
  const set = answer("", "Set-Cookie: a=1\r\n", "404 Not Found");
  await using one = new Peer((conn) => conn.serve(() => set));
  await using other = new Peer((conn) => conn.serve(() => answer()));
  await withClient({ cookies: true }, async (client) => {
    await client.get(one.url());
    await client.get(other.url());
    assertEquals(fieldOf(other.executed[0]!, "cookie"), "a=1");
  });
});

Deno.test("A jar serves all clients that have it, and a client without one keeps nothing", async () => {
  await using peer = new Peer((conn) => conn.serve(setting(() => ["a=1"])));
  const cookies = new CookieJar();
  await withClient({ cookies }, async (client) => void await client.get(peer.url("/?set")));
  await withClient({ cookies }, async (client) => void await client.get(peer.url("/with")));
  await withClient({}, async (client) => {
    await client.get(peer.url("/?set"));
    await client.get(peer.url("/without"));
  });
  const sent = peer.executed.filter(({ target }) => target.startsWith("/with"));
  assertEquals(sent.map((it) => fieldOf(it, "cookie")), ["a=1", undefined]);
});

testWith(
  ["openssl"],
  "Secure cookies go over https only, and __Host- ones need Path=/ and no Domain [RFC 6265bis 4.1.3]",
  async () => {
    using files = await makeCertificate();
    const tls = {
      cert: await Deno.readTextFile(files.cert),
      key: await Deno.readTextFile(files.key),
    };
    const set = [
      ...["a=1; Secure", "__Host-b=2; Secure; Path=/", "__Secure-c=3; Secure"],
      ...["__Host-d=4; Path=/", "__Host-e=5; Secure; Path=/deep", "__Secure-f=6"],
      "__Host-g=7; Secure; Path=/; Domain=localhost",
    ];
    await using secure = new Peer((conn) => conn.serve(setting(() => set)), { tls });
    // An insecure answer neither replaces a secure cookie nor hides it.
    const insecure = ["a=stolen", "__Host-b=stolen; Path=/", "h=8"];
    await using plain = new Peer((conn) => conn.serve(setting(() => insecure)));
    await withClient({ cookies: true, ca: files.authority }, async (client) => {
      const securely = (path: string): string => secure.url(path, "https", "localhost");
      await client.get(securely("/?set"));
      await client.get(plain.url("/?set", "http", "localhost"));
      await client.get(plain.url("/", "http", "localhost"));
      await client.get(securely("/deep"));
    });
    assertEquals(plain.executed.map((it) => fieldOf(it, "cookie")), [undefined, "h=8"]);
    assertEquals(secure.executed.map((it) => fieldOf(it, "cookie")), [
      undefined,
      "a=1; __Host-b=2; __Secure-c=3; h=8",
    ]);
  },
);
