import { assert, assertEquals, assertThrows } from "@std/assert";
import { hash } from "bcryptjs";
import { Doorkeeper, parseBasic, type Verdict } from "../../../server/command/auth.ts";
import { parseUserHash, type UserHash } from "../../../server/command/password_hash.ts";

const SHA256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
const USERS: UserHash[] = [
  { user: "fast", kind: "sha256", hash: SHA256 },
  parseUserHash(`slow:${await hash("Geheim:ß", 4)}`) as UserHash,
];

function basic(credentials: string): string {
  return `Basic ${new TextEncoder().encode(credentials).toBase64()}`;
}

/** A check that counts, and answers when it is told to. */
class Checks {
  readonly asked: [user: string, password: string][] = [];
  readonly waiting: ((right: boolean) => void)[] = [];
  readonly check = ({ user }: UserHash, password: string): Promise<boolean> => {
    this.asked.push([user, password]);
    return new Promise((resolve) => this.waiting.push(resolve));
  };
}

Deno.test("parseBasic() reads user and password in UTF-8", () => {
  assertEquals(parseBasic(basic("me:sécret:x")), "me:sécret:x");
  assertEquals(parseBasic(basic(":").replace("Basic", "bASIC  ")), ":");
  const wrong = [
    undefined,
    "",
    "Basic",
    "Bearer abc",
    "Basic !!",
    "Basic YQ",
    basic("nocolon"),
    basic("a\nb:c"),
    `Basic ${new Uint8Array([0xff, 0x3a]).toBase64()}`,
    basic(`a:${"b".repeat(2000)}`),
  ];
  for (const it of wrong) assertEquals(parseBasic(it), undefined, it);
});

const noPause = (): Promise<void> => Promise.resolve();

Deno.test("Doorkeeper lets in who knows the password of a user, and nobody else", async () => {
  const door = new Doorkeeper(USERS);
  assertEquals(await door.admit(basic("fast:secret"), "::1"), { user: "fast" });
  assertEquals(await door.admit(basic("slow:Geheim:ß"), "::1"), { user: "slow" });
  for (const it of ["fast:Geheim:ß", "slow:secret", "fast:", "nobody:secret", ":", "FAST:secret"]) {
    assertEquals(await door.admit(basic(it), "::1"), 401, it);
  }
  assertEquals(door.admit(undefined, "::1"), 401);
  assertEquals(door.admit("Bearer x", "::1"), 401);
});

Deno.test("Doorkeeper checks once for all who come with the same, and remembers who was let in", async () => {
  const checks = new Checks();
  const door = new Doorkeeper([USERS[0]!], checks.check, noPause);
  const first = door.admit(basic("fast:secret"), "::1");
  const second = door.admit(basic("fast:secret"), "::2");
  await Promise.resolve();
  checks.waiting[0]!(true);
  assertEquals([await first, await second], [{ user: "fast" }, { user: "fast" }]);
  assertEquals(checks.asked, [["fast", "secret"]]);
  assertEquals(door.admit(basic("fast:secret"), "::3"), { user: "fast" });
  const wrong = door.admit(basic("fast:Secret"), "::1");
  assert(wrong instanceof Promise);
  await turns();
  checks.waiting[1]!(false);
  assertEquals(await wrong, 401);
  await turns();
  // What was wrong is checked again.
  assert(door.admit(basic("fast:Secret"), "::1") instanceof Promise);
});

/** Lets all that waits for nothing else happen. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("Doorkeeper compares the password of an unknown user with a hash of the slowest kind", async () => {
  const asked: UserHash[] = [];
  const door = new Doorkeeper(USERS, (it) => {
    asked.push(it);
    return Promise.resolve(true);
  }, noPause);
  assertEquals(await door.admit(basic("nobody:Geheim:ß"), "::1"), 401);
  assertEquals(asked.map(({ kind }) => kind), ["bcrypt"]);
  // What was right for somebody else is not remembered.
  assertEquals(await door.admit(basic("nobody:Geheim:ß"), "::1"), 401);
});

Deno.test("Doorkeeper takes the time of the slowest kind for each user", async () => {
  const asked: [user: string, kind: string][] = [];
  const door = new Doorkeeper(USERS, ({ user, kind }) => {
    asked.push([user, kind]);
    return Promise.resolve(user === "fast");
  }, noPause);
  assertEquals(await door.admit(basic("fast:secret"), "::1"), { user: "fast" });
  assertEquals(asked, [["fast", "sha256"], ["slow", "bcrypt"]]);
  assertEquals(await door.admit(basic("slow:secret"), "::1"), 401);
  assertEquals(asked.slice(2), [["slow", "bcrypt"]]);
});

Deno.test("Doorkeeper checks one password at a time, and refuses more than wait", async () => {
  const checks = new Checks();
  const door = new Doorkeeper(USERS, checks.check, noPause);
  const verdicts: (Verdict | Promise<Verdict>)[] = [];
  for (const address of ["::1", "::2", "::3", "::4"]) {
    for (let i = 0; i < 8; i++) verdicts.push(door.admit(basic(`slow:${address} ${i}`), address));
    assertEquals(door.admit(basic("slow:Geheim:ß"), address), 503);
  }
  assertEquals(door.admit(basic("slow:Geheim:ß"), "::5"), 503);
  for (let i = 0; i < verdicts.length; i++) {
    await turns();
    assertEquals(checks.waiting.length, i + 1);
    checks.waiting[i]!(false);
    assertEquals(await verdicts[i], 401);
  }
  await turns();
  const next = door.admit(basic("slow:Geheim:ß"), "::1");
  await turns();
  checks.waiting.at(-1)!(true);
  assertEquals(await next, { user: "slow" });
});

Deno.test("Doorkeeper pauses after a wrong password, longer than it took, and after no other", async () => {
  const pauses: number[] = [];
  const wait = (ms: number): Promise<void> => {
    pauses.push(ms);
    return Promise.resolve();
  };
  const { now } = performance;
  let clockMs = 0;
  performance.now = () => clockMs;
  try {
    const door = new Doorkeeper([USERS[0]!], (_, password) => {
      clockMs += password === "slow" ? 5000 : 100;
      return Promise.resolve(password === "right");
    }, wait);
    for (const it of ["right", "wrong", "slow", "right too"]) {
      await door.admit(basic(`fast:${it}`), "");
    }
    assertEquals(pauses, [300, 1000]);
    clockMs += 2000;
    await door.admit(basic("fast:later"), "");
    assertEquals(pauses, [300, 1000]);
  } finally {
    performance.now = now;
  }
});

Deno.test("Doorkeeper goes on after a check that failed", async () => {
  let count = 0;
  const door = new Doorkeeper(USERS, () => {
    return count++ === 0 ? Promise.reject(new Error("broken")) : Promise.resolve(true);
  });
  const broken = door.admit(basic("fast:1"), "::1") as Promise<unknown>;
  assertEquals(await broken.catch(String), "Error: broken");
  assertEquals(await door.admit(basic("fast:2"), "::1"), { user: "fast" });
});

Deno.test("Doorkeeper takes the last of several hashes of a user, and needs one", async () => {
  const old: UserHash = { user: "fast", kind: "sha256", hash: "0".repeat(64) };
  const door = new Doorkeeper([old, USERS[0]!]);
  assertEquals(await door.admit(basic("fast:secret"), "::1"), { user: "fast" });
  assertThrows(() => new Doorkeeper([]), TypeError, "there are no users");
});
