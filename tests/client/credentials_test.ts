import { assert, assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { authorization, credentialsFor, Digests } from "../../client/credentials.ts";
import type { Auth } from "../../client/options.ts";
import { parseTarget } from "../../client/target.ts";

const PLAIN = parseTarget("http://a.test/x");
const WITH_USER = parseTarget("http://url:secret@a.test/x");
const AUTH: Auth = { username: "option", password: "secret" };
const CHALLENGE = 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256';

Deno.test("the option's credentials go to the first origin only", () => {
  assertStrictEquals(credentialsFor(PLAIN, AUTH, PLAIN.origin), AUTH);
  assertEquals(credentialsFor(PLAIN, AUTH, "http://b.test:80"), undefined);
  assertEquals(credentialsFor(PLAIN, AUTH, "http://a.test:81"), undefined);
  assertEquals(credentialsFor(PLAIN, undefined, PLAIN.origin), undefined);
});

Deno.test("those of the URL are the default, as Basic", () => {
  const basic = { type: "basic", username: "url", password: "secret" } as const;
  assertEquals(credentialsFor(WITH_USER, undefined, WITH_USER.origin), basic);
  assertEquals(credentialsFor(WITH_USER, AUTH, "http://b.test:80"), basic);
  assertStrictEquals(credentialsFor(WITH_USER, AUTH, WITH_USER.origin), AUTH);
  const passwordOnly = credentialsFor(parseTarget("http://:p@a.test"), undefined, "");
  assertEquals(passwordOnly, { type: "basic", username: "", password: "p" });
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
