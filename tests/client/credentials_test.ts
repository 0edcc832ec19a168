import { assert, assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { authorization, credentialsFor, Digests } from "../../client/credentials.ts";
import type { Auth } from "../../client/options.ts";
import { parseTarget } from "../../client/target.ts";

const PLAIN = parseTarget("http://a.test/x");
const WITH_USER = parseTarget("http://url:secret@a.test/x");
const AUTH: Auth = { username: "option", password: "secret" };
const BASIC = { type: "basic", username: "url", password: "secret" } as const;
const CHALLENGE = 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256';

const OTHER = parseTarget("http://b.test/x");

Deno.test("the option's credentials go to the first origin only", () => {
  assertStrictEquals(credentialsFor(PLAIN, AUTH, PLAIN), AUTH);
  assertEquals(credentialsFor(PLAIN, AUTH, OTHER), undefined);
  assertEquals(credentialsFor(PLAIN, AUTH, parseTarget("http://a.test:81/x")), undefined);
  assertEquals(credentialsFor(PLAIN, AUTH, parseTarget("https://a.test/x")), undefined);
  assertEquals(credentialsFor(PLAIN, undefined, PLAIN), undefined);
});

Deno.test("those of the URL are the default, as Basic", () => {
  assertEquals(credentialsFor(WITH_USER, undefined, WITH_USER), BASIC);
  assertEquals(credentialsFor(WITH_USER, AUTH, OTHER), BASIC);
  assertStrictEquals(credentialsFor(WITH_USER, AUTH, WITH_USER), AUTH);
  const passwordOnly = parseTarget("http://:p@a.test");
  assertEquals(credentialsFor(passwordOnly, undefined, passwordOnly), {
    ...{ type: "basic", username: "", password: "p" },
  });
});

Deno.test("those of the first URL go along within its origin, and nowhere else", () => {
  assertEquals(credentialsFor(parseTarget("http://a.test/y"), undefined, WITH_USER), BASIC);
  for (const url of ["http://b.test/", "https://a.test/", "http://a.test:81/"]) {
    assertEquals(credentialsFor(parseTarget(url), undefined, WITH_USER), undefined, url);
  }
  const own = parseTarget("http://me@a.test/");
  assertEquals(credentialsFor(own, undefined, WITH_USER), {
    ...BASIC,
    username: "me",
    password: "",
  });
});

Deno.test("authorization() says Basic and Bearer at once", () => {
  const digests = new Digests();
  const says = (auth: Auth) => authorization(auth, "GET", PLAIN, digests);
  assertEquals(says({ username: "u", password: "p" }), "Basic dTpw");
  assertEquals(says({ type: "basic", username: "u", password: "p" }), "Basic dTpw");
  assertEquals(says({ type: "bearer", token: "abc" }), "Bearer abc");
});

Deno.test("authorization() says Digest after a challenge, for that origin and user alone", () => {
  const digests = new Digests();
  const auth: Auth = { type: "digest", username: "u", password: "p" };
  assertEquals(authorization(auth, "GET", PLAIN, digests), undefined);
  assert(digests.for(PLAIN.origin, "u", "p").challenge([CHALLENGE]));
  assertMatch(authorization(auth, "GET", PLAIN, digests)!, /^Digest .*uri="\/x".*nc=00000001/);
  assertMatch(authorization(auth, "GET", PLAIN, digests)!, /nc=00000002/);
  assertEquals(authorization(auth, "GET", parseTarget("http://b.test/"), digests), undefined);
  assertEquals(authorization({ ...auth, password: "q" }, "GET", PLAIN, digests), undefined);
});

Deno.test("Digests remembers a hundred challenges and forgets the oldest", () => {
  const digests = new Digests();
  const first = digests.for("http://0", "u", "p");
  for (let i = 1; i < 100; i++) digests.for(`http://${i}`, "u", "p");
  assertStrictEquals(digests.for("http://0", "u", "p"), first);
  digests.for("http://100", "u", "p");
  assert(digests.for("http://0", "u", "p") !== first);
});

Deno.test("Digests does not take a user for another whose name runs on into the password", () => {
  const digests = new Digests();
  assert(digests.for("http://a", "u", 'p","q') !== digests.for("http://a", 'u","p', "q"));
});
