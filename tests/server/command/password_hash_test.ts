import { assertEquals } from "@std/assert";
import { hash } from "bcryptjs";
import {
  isPasswordOf,
  parseUserFile,
  parseUserHash,
  type UserHash,
} from "../../../server/command/password_hash.ts";

const BCRYPT = await hash("päss:word", 4);
// Of "secret", as sha256sum and sha512sum print them.
const SHA256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
const SHA512 = "bd2b1aaf7ef4f09be9f52ce2d8d599674d81aa9d6a4421696dc4d93dd0619d68" +
  "2ce56b4d64a9ef097761ced99e0f67265b5f76085e5b0ee7ca4696b2ad6fe2b2";

Deno.test("parseUserHash() reads the kinds of hashes", () => {
  for (const prefix of ["$2b$", "$2y$", "$2a$"]) {
    const bcrypt = BCRYPT.replace("$2b$", prefix);
    assertEquals(parseUserHash(`me:${bcrypt}`), { user: "me", kind: "bcrypt", hash: bcrypt });
  }
  assertEquals(parseUserHash(`mé:SHA256:${SHA256.toUpperCase()}`), {
    ...{ user: "mé", kind: "sha256", hash: SHA256 },
  });
  assertEquals(parseUserHash(`a b:sha512:${SHA512}`), {
    ...{ user: "a b", kind: "sha512", hash: SHA512 },
  });
});

Deno.test("parseUserHash() refuses other hashes and passwords, without showing them", () => {
  for (const it of ["me", ":x", ""]) assertEquals(parseUserHash(it), "is not user:hash");
  const unknown =
    "has no hash that is known: bcrypt, as `htpasswd -nbB` prints it, sha256:HEX or sha512:HEX";
  const secrets = ["secret", "", "$apr1$a$b", "{SHA}abc=", "$6$a$b", BCRYPT.slice(1), "md5:abc"];
  for (const it of secrets) assertEquals(parseUserHash(`me:${it}`), unknown);
  assertEquals(parseUserHash(`me:${BCRYPT.replace("$04$", "$03$")}`), unknown);
  assertEquals(parseUserHash("me:sha256:abc"), "has 3 digits of sha256, not 64");
  assertEquals(parseUserHash(`m\0e:${BCRYPT}`), "has a control character in its user");
});

Deno.test("isPasswordOf() knows the right password from others", async () => {
  const hashes: [UserHash["kind"], string, string][] = [
    ["bcrypt", BCRYPT, "päss:word"],
    ["bcrypt", BCRYPT.replace("$2b$", "$2y$"), "päss:word"],
    ["sha256", SHA256, "secret"],
    ["sha512", SHA512, "secret"],
  ];
  for (const [kind, hash, password] of hashes) {
    const of = { user: "me", kind, hash };
    assertEquals(await isPasswordOf(of, password), true, kind);
    for (const wrong of ["", "Secret", `${password} `, password.slice(1)]) {
      assertEquals(await isPasswordOf(of, wrong), false, kind);
    }
  }
});

Deno.test("parseUserFile() reads what htpasswd writes", () => {
  const text = `\ufeff# users\r\n\n  one:${BCRYPT}\r\n two:sha256:${SHA256}  \n`;
  const users = parseUserFile(text);
  assertEquals(typeof users === "string" ? users : users.map(({ user, kind }) => [user, kind]), [
    ["one", "bcrypt"],
    ["two", "sha256"],
  ]);
});

Deno.test("parseUserFile() names the line that is wrong", () => {
  assertEquals(parseUserFile(`one:${BCRYPT}\n\nsecret\n`), "line 3 is not user:hash");
  assertEquals(parseUserFile("# nobody\n"), "names no user");
});
