import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { parseChallenges } from "../../../client/rules/challenge.ts";
import { DigestAuth } from "../../../client/rules/digest.ts";
import { listen } from "../../../server/mod.ts";
import { curl, testWith } from "../../peers/programs.ts";
import { portOf } from "../../server/raw_client.ts";

/** The parameters of a value of Authorization. */
function paramsOf(value: string | undefined): Record<string, string> {
  const [challenge] = parseChallenges(value!);
  assertEquals(challenge?.scheme, "digest");
  return Object.fromEntries(challenge!.params);
}

/** What is answered to a challenge, for GET / by default. */
function answer(
  challenge: string,
  { username = "user", password = "password", method = "GET", target = "/", cnonce = "c" } = {},
): Record<string, string> {
  const auth = new DigestAuth(username, password, () => cnonce);
  assert(auth.challenge([challenge]), challenge);
  return paramsOf(auth.authorization(method, target));
}

const RFC_7616 = {
  username: "Mufasa",
  password: "Circle of Life",
  target: "/dir/index.html",
  cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
};
const RFC_7616_PARAMS = 'realm="http-auth@example.org", qop="auth, auth-int", ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
  'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';

Deno.test("DigestAuth answers the challenges of RFC 7616 3.9.1 as it says there", () => {
  const both = [
    `Digest ${RFC_7616_PARAMS}, algorithm=SHA-256`,
    `Digest ${RFC_7616_PARAMS}, algorithm=MD5`,
  ];
  const expected = {
    username: "Mufasa",
    realm: "http-auth@example.org",
    uri: "/dir/index.html",
    nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    nc: "00000001",
    cnonce: RFC_7616.cnonce,
    qop: "auth",
    opaque: "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
  };
  assertEquals(answer(both[0]!, RFC_7616), {
    ...expected,
    algorithm: "SHA-256",
    response: "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
  });
  assertEquals(answer(both[1]!, RFC_7616), {
    ...expected,
    algorithm: "MD5",
    response: "8ca523f5e9506fed4657c9700eebdbec",
  });
});

Deno.test("DigestAuth answers the challenge of RFC 7616 3.9.2: SHA-512-256, userhash, UTF-8", () => {
  const params = answer(
    'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, ' +
      'nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", ' +
      'opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true',
    {
      username: "Jäsøn Doe",
      password: "Secret, or not?",
      target: "/doe.json",
      cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
    },
  );
  assertEquals([params.userhash, params.algorithm], ["true", "SHA-512-256"]);
  // Values of erratum 4897: those in the text were made with another hash.
  assertEquals(
    params.username,
    "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b",
  );
  assertEquals(
    params.response,
    "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5",
  );
});

Deno.test("DigestAuth answers the challenge of RFC 2617 3.5, which names no algorithm", () => {
  const params = answer(
    'Digest realm="testrealm@host.com", qop="auth,auth-int", ' +
      'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    {
      username: "Mufasa",
      password: "Circle Of Life",
      target: "/dir/index.html",
      cnonce: "0a4f113b",
    },
  );
  assertEquals(params.response, "6629fae49393a05397450978507c4ef1");
  assertEquals(params.algorithm, undefined);
});

Deno.test("DigestAuth answers a challenge without qop as RFC 2069 did", () => {
  // The example of RFC 2069 2.4, with the response of its errata.
  const params = answer(
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
      'opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    { username: "Mufasa", password: "CircleOfLife", target: "/dir/index.html" },
  );
  assertEquals(params.response, "1949323746fe6a43ef61f9606e7febea");
  assertEquals([params.qop, params.nc, params.cnonce], [undefined, undefined, undefined]);
});

Deno.test("DigestAuth writes the parameters quoted or not as RFC 7616 3.4 says", () => {
  const auth = new DigestAuth("user", "password", () => "c");
  auth.challenge(['Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256, opaque="o"']);
  assertMatch(
    auth.authorization("GET", "/a?b=c")!,
    /^Digest username="user", realm="r", uri="\/a\?b=c", algorithm=SHA-256, nonce="n", nc=00000001, qop=auth, cnonce="c", response="[0-9a-f]{64}", opaque="o"$/,
  );
});

Deno.test("DigestAuth quotes what has quotes", () => {
  const params = answer('Digest realm="a\\"b\\\\c", nonce="n\\"", qop=auth, opaque="\\\\"', {
    username: 'us"er',
  });
  assertEquals([params.realm, params.nonce, params.opaque, params.username], [
    ...['a"b\\c', 'n"', "\\", 'us"er'],
  ]);
});

Deno.test("DigestAuth counts the requests of a nonce, and from 1 again with a new one", () => {
  const auth = new DigestAuth("user", "password");
  const counts = (): string[] => [1, 2].map(() => paramsOf(auth.authorization("GET", "/")).nc!);
  assertEquals(auth.authorization("GET", "/"), undefined);
  auth.challenge(['Digest realm="r", nonce="n1", qop="auth"']);
  assertEquals(counts(), ["00000001", "00000002"]);
  assert(auth.challenge(['Digest realm="r", nonce="n2", qop="auth", stale=true']));
  assertEquals(counts(), ["00000001", "00000002"]);
  assertEquals(paramsOf(auth.authorization("GET", "/")).nonce, "n2");
});

Deno.test("DigestAuth has a new random cnonce for each challenge", () => {
  const auth = new DigestAuth("user", "password");
  const cnonce = (): string => {
    auth.challenge(['Digest realm="r", nonce="n", qop="auth"']);
    return paramsOf(auth.authorization("GET", "/")).cnonce!;
  };
  const first = cnonce();
  assert(first.length >= 22, first);
  assertNotEquals(first, cnonce());
});

Deno.test("DigestAuth proves something else for each method, target and password", () => {
  const challenge = 'Digest realm="r", nonce="n", qop="auth"';
  const responses = [
    answer(challenge),
    answer(challenge, { method: "POST" }),
    answer(challenge, { target: "/x" }),
    answer(challenge, { password: "other" }),
    answer(challenge, { username: "other" }),
    answer(challenge.replace('="r"', '="s"')),
  ].map((params) => params.response);
  assertEquals(new Set(responses).size, responses.length);
});

Deno.test("DigestAuth takes the first challenge that it understands (RFC 7616 3.7)", () => {
  const auth = new DigestAuth("user", "password");
  assert(auth.challenge([
    'Basic realm="r", Digest realm="r", nonce="n0", qop="auth", algorithm=SHA-1',
    'Digest realm="r", nonce="n1", qop="auth", algorithm=sha-512-256',
    'Digest realm="r", nonce="n2", qop="auth", algorithm=MD5',
  ]));
  const params = paramsOf(auth.authorization("GET", "/"));
  assertEquals([params.nonce, params.algorithm], ["n1", "SHA-512-256"]);
});

Deno.test("DigestAuth does not answer what it does not understand, and keeps what it had", () => {
  const auth = new DigestAuth("user", "password");
  const cases = [
    [],
    [""],
    ['Basic realm="r"'],
    ['Digest nonce="n", qop="auth"'],
    ['Digest realm="r", qop="auth"'],
    ['Digest realm="r", nonce="n", algorithm=SHA-1'],
    ['Digest realm="r", nonce="n", algorithm=token-sess'],
    ['Digest realm="r", nonce="n", qop="other"'],
    ['Digest realm="r", nonce="n", qop="auth-int"'],
    ['Digest realm="r", nonce="n", qop=""'],
    ['Digest realm="r", realm="s", nonce="n"'],
  ];
  for (const values of cases) assertEquals(auth.challenge(values), false, values[0]);
  assertEquals(auth.authorization("GET", "/"), undefined);
  auth.challenge(['Digest realm="r", nonce="kept"']);
  for (const values of cases) assertEquals(auth.challenge(values), false, values[0]);
  assertEquals(paramsOf(auth.authorization("GET", "/")).nonce, "kept");
});

Deno.test("DigestAuth writes names beyond ASCII as the server can read them (RFC 7616 3.4)", () => {
  const challenge = 'Digest realm="r", nonce="n", qop="auth"';
  const known = new DigestAuth("Jäsøn Doe", "p");
  known.challenge([`${challenge}, charset=UTF-8`]);
  assertMatch(
    known.authorization("GET", "/")!,
    /^Digest username\*=UTF-8''J%C3%A4s%C3%B8n%20Doe, /,
  );
  const old = new DigestAuth("Jäsøn Doe", "p");
  old.challenge([challenge]);
  // A character for each byte of UTF-8.
  assertEquals(paramsOf(old.authorization("GET", "/")).username, "J\xc3\xa4s\xc3\xb8n Doe");
});

Deno.test("DigestAuth refuses control characters, and does not quote them", () => {
  for (const [username, password] of [["se\ncret", ""], ["", "se\0cret"]]) {
    const { message } = assertThrows(() => new DigestAuth(username!, password!), TypeError);
    assert(!message.includes("cret"), message);
  }
});

const CURL_CHALLENGES = [
  'Digest realm="r", nonce="n1+/=", qop="auth"',
  'Digest realm="a b", nonce="n2", qop="auth", algorithm=MD5, opaque="o"',
  'Digest realm="r", nonce="n3", qop="auth", algorithm=MD5-sess',
  'Digest realm="r\\"s", nonce="n4", qop="auth", algorithm=SHA-256',
  'Digest realm="r", nonce="n5", qop="auth", algorithm=SHA-256-sess',
  'Digest realm="r", nonce="n6"',
  'Digest realm="r", nonce="n7", qop="auth", algorithm=SHA-256, userhash=true',
];

testWith(["curl"], "DigestAuth proves the same as curl does", async () => {
  let challenge = "";
  const seen: string[] = [];
  await using server = listen("127.0.0.1", 0, {}, (con, req) => {
    const { authorization } = req.headers;
    if (authorization !== undefined) return void seen.push(authorization);
    con.addHeader("WWW-Authenticate", challenge);
    con.sendError(401);
  });
  for (challenge of CURL_CHALLENGES) {
    const user = ["--digest", "-u", "us er:päss:word"];
    const url = `http://127.0.0.1:${portOf(server)}/path?query=1`;
    assertEquals((await curl([...user, "-f", url])).code, 0, challenge);
    const theirs = paramsOf(seen.pop());
    const ours = answer(challenge, {
      username: "us er",
      password: "päss:word",
      target: "/path?query=1",
      cnonce: theirs.cnonce,
    });
    for (const name of ["response", "username", "realm", "nonce", "uri", "qop", "nc", "opaque"]) {
      assertEquals(ours[name], theirs[name], `${name} for ${challenge}`);
    }
  }
});
