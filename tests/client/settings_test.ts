import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { CookieJar } from "../../client/rules/cookies.ts";
import type { ClientOptions, RequestOptions } from "../../client/options.ts";
import { ROUTE_OPTIONS } from "../../client/dial/route_options.ts";
import { DEFAULTS, resolveClient, resolveSettings, type Settings } from "../../client/settings.ts";
import { settingsOf } from "./support/settings.ts";

type Wrong = readonly unknown[];

/** Values that each option must refuse by name; those of the way to a server are in route_options_test.ts. */
const WRONG: Record<string, Wrong> = {
  timeout: ["1", -1, NaN, null, true],
  connectTimeout: ["1", -1, NaN, null],
  headTimeout: ["1", -1, NaN, null],
  idleTimeout: ["1", -1, NaN, null],
  minSpeed: [
    ...["1", -1, 0.5, NaN, null, {}, [], { bytes: "1" }, { bytes: 1, window: 0 }],
    ...[{ bytes: 1, window: -1 }, { bytes: 1, window: Infinity }, { bytes: 1, windo: 3 }],
  ],
  signal: [new AbortController(), null, true, {}],
  headers: ["X-A: b", null, 5, { "X-A": "b\r\nc" }, { Host: [] }, new AbortController()],
  bodyToFile: ["", 5, null, {}],
  trailers: ["X-A", null, 5, ["X-A"], { Host: "a" }, { "X-A": "b\r\nc" }, { "X-A": 5 }],
  expectContinue: ["true", 1, null],
  redirect: ["Follow", true, null, ""],
  maxRedirects: ["1", -1, 0.5, NaN, null],
  crossOriginHeaders: ["X-A", [1], null, {}],
  allowDowngrade: ["true", 1, null],
  decode: ["gzip", 1, null],
  maxHeadBytes: ["64", 63, 64.5, NaN, null],
  maxFields: ["1", -1, 0.5, null],
  maxChunkLineBytes: ["1", -1, 0, 63, 64.5],
  maxTrailerBytes: ["1", -1, 0, 63, 64.5],
  maxBodyBytes: ["1", -1, 0.5, null],
  maxDecodeRatio: ["1", 0, 1.5, null],
  retry: ["3", null, [], 0, -1, 1.5, { attemps: 5 }, new Map(), { delay: Infinity }],
  cookies: ["a=b", null, {}, 1, { cookieHeader() {} }, { store() {} }, new Map()],
  auth: [
    ...["u:p", null, {}, { username: "u" }, { type: "bearer" }, {
      type: "bearer",
      username: "u",
      password: "p",
    }],
    ...[{ type: "digest", username: "u" }, { type: "x", username: "u", password: "p" }],
    ...[{ tpye: "digest", username: "u", password: "p" }, { type: "bearer", token: "a b" }],
    ...[{ type: "bearer", token: "t", username: "u" }, { username: "u:v", password: "p" }],
    ...[{ type: "digest", username: "u", password: "p\n" }, { username: "u\0", password: "p" }],
  ],
  onProgress: [true, null, "x"],
  onInformational: [true, null, "x"],
};

const POOL_WRONG: Record<string, Wrong> = {
  maxConnections: ["1", 0, -1, 1.5, NaN, null],
  maxPerOrigin: ["1", 0, -1, 1.5, NaN, null],
  keepAlive: ["1", -1, NaN, null],
  queueTimeout: ["1", -1, NaN, null],
};

function check(name: string, value: unknown, resolve: (options: never) => unknown): void {
  const options = { [name]: value } as never;
  const error = assertThrows(
    () => resolve(options),
    Error,
    `Cannot use option "${name}`,
    name,
  );
  assert(error instanceof TypeError || error instanceof RangeError, `${name}: ${error}`);
}

Deno.test("every option of a request refuses wrong values and says its name", () => {
  for (const [name, values] of Object.entries(WRONG)) {
    for (const value of values) {
      check(name, value, (options) => settingsOf(options));
      check(name, value, (options) => resolveClient(options, DEFAULTS));
    }
  }
});

Deno.test("every option of a client refuses wrong values and says its name", () => {
  for (const [name, values] of Object.entries(POOL_WRONG)) {
    for (const value of values) check(name, value, (options) => resolveClient(options, DEFAULTS));
  }
});

Deno.test("an option that is undefined is one that is not given", () => {
  const names = [...Object.keys(WRONG), ...ROUTE_OPTIONS];
  const options = Object.fromEntries(names.map((name) => [name, undefined]));
  assertEquals(settingsOf(options), DEFAULTS);
  const base = settingsOf({ timeout: 1, headers: { "X-A": "b" }, insecure: true });
  assertEquals(resolveSettings(options, base), base);
  for (const name of Object.keys(POOL_WRONG)) options[name] = undefined;
  assertEquals(resolveClient(options, DEFAULTS), resolveClient({}, DEFAULTS));
});

Deno.test("the tables above have every documented option", async () => {
  const source = await Deno.readTextFile(new URL("../../client/options.ts", import.meta.url));
  const members = (name: string): string[] => {
    const body = source.split(`export interface ${name} `)[1]!.split("\n}")[0]!;
    return [...body.matchAll(/^ {2}(\w+)\?:/gm)].map((match) => match[1]!);
  };
  assertEquals(
    new Set(members("RequestOptions")),
    new Set([...Object.keys(WRONG), ...ROUTE_OPTIONS]),
  );
  assertEquals(new Set(members("ClientOptions")), new Set(Object.keys(POOL_WRONG)));
});

Deno.test("an unknown option is refused by name", () => {
  for (
    const options of [{ timeOut: 1 }, { method: "GET" }, { toString: 1 }, { "": undefined, x: 1 }]
  ) {
    const name = Object.keys(options).at(-1)!;
    assertThrows(
      () => settingsOf(options as RequestOptions),
      TypeError,
      `Cannot use options: there is no option "${name}"`,
    );
    assertThrows(() => resolveClient(options as ClientOptions, DEFAULTS), TypeError, `"${name}"`);
  }
});

Deno.test("options of connections are no options of a request", () => {
  for (const name of Object.keys(POOL_WRONG)) {
    assertThrows(
      () => settingsOf({ [name]: 1 } as RequestOptions),
      TypeError,
      `there is no option "${name}"`,
    );
  }
});

Deno.test("the defaults are the documented ones", () => {
  const { timeoutMs, connectTimeoutMs, headTimeoutMs, idleTimeoutMs } = DEFAULTS;
  assertEquals([timeoutMs, connectTimeoutMs, headTimeoutMs, idleTimeoutMs], [
    30e3,
    10e3,
    30e3,
    30e3,
  ]);
  const { redirect, decode, maxHeadBytes, maxFields, maxDecodeRatio, retry, cookies } = DEFAULTS;
  assertEquals([redirect.mode, redirect.maxRedirects, redirect.allowDowngrade], [
    "manual",
    10,
    false,
  ]);
  assertEquals([decode, maxHeadBytes, maxFields, maxDecodeRatio], [false, 65536, 256, 200]);
  assertEquals([retry, cookies, DEFAULTS.route.insecure], [undefined, false, false]);
  assertEquals(resolveClient({}, DEFAULTS), {
    requests: DEFAULTS,
    pool: { maxConnections: 100, maxPerOrigin: 16, keepAliveMs: undefined, queueTimeoutMs: 30e3 },
  });
});

Deno.test("seconds become milliseconds; 0 and Infinity are no limit", () => {
  const names = ["timeout", "connectTimeout", "headTimeout", "idleTimeout"] as const;
  for (const name of names) {
    const resolved = (seconds: number): number => settingsOf({ [name]: seconds })[`${name}Ms`];
    assertEquals([resolved(1.5), resolved(0), resolved(Infinity)], [1500, 0, 0], name);
  }
  const pool = (options: ClientOptions) => resolveClient(options, DEFAULTS).pool;
  assertEquals(pool({ queueTimeout: 2 }).queueTimeoutMs, 2000);
  assertEquals(pool({ queueTimeout: 0 }).queueTimeoutMs, 0);
});

Deno.test("keepAlive of 0 keeps nothing, and of Infinity keeps for as long as the server does", () => {
  const ms = (keepAlive?: number) => resolveClient({ keepAlive }, DEFAULTS).pool.keepAliveMs;
  assertEquals([ms(), ms(0), ms(2.5), ms(Infinity)], [undefined, 0, 2500, Infinity]);
});

Deno.test("minSpeed is bytes a second, over 30 s or a window of one's own", () => {
  const speed = (minSpeed: RequestOptions["minSpeed"]) => settingsOf({ minSpeed }).minSpeed;
  assertEquals(speed(1000), { bytes: 30_000, windowMs: 30_000 });
  assertEquals(speed({ bytes: 1000 }), { bytes: 30_000, windowMs: 30_000 });
  assertEquals(speed({ bytes: 1000, window: 0.5 }), { bytes: 500, windowMs: 500 });
  assertEquals(speed(0), undefined);
});

Deno.test("options of a request stand on top of those of its client", () => {
  const { requests } = resolveClient({
    ...{ timeout: 5, redirect: "follow", maxRedirects: 3, crossOriginHeaders: ["X-A"] },
    ...{
      headers: { "X-A": "1", "X-B": "2" },
      insecure: true,
      serverName: "a.test",
      maxPerOrigin: 2,
    },
  }, DEFAULTS);
  const settings = resolveSettings(
    { headTimeout: 1, maxRedirects: 4, headers: { "x-b": "3" }, serverName: "b.test" },
    requests,
  );
  assertEquals([settings.timeoutMs, settings.headTimeoutMs], [5000, 1000]);
  assertEquals(settings.redirect, {
    ...{ mode: "follow", maxRedirects: 4, crossOriginHeaders: ["X-A"], allowDowngrade: false },
  });
  assertEquals(settings.headers.lines, [["X-A", "1"], ["x-b", "3"]]);
  assertEquals([settings.route.insecure, settings.route.serverName], [true, "b.test"]);
  assert(settings.routeKey !== requests.routeKey);
  assertEquals([requests.route.serverName, requests.redirect.maxRedirects], ["a.test", 3]);
});

Deno.test("options that do not change the way leave its key alone", () => {
  assertEquals(settingsOf({ timeout: 1, decode: true, headers: { "X-A": "b" } }).routeKey, "");
  const base = settingsOf({ insecure: true });
  assertStrictEquals(resolveSettings({ timeout: 1 }, base).routeKey, base.routeKey);
});

Deno.test("every option that is right is taken as it is", () => {
  const { signal } = new AbortController();
  const bodyToFile = () => {};
  const onProgress = () => {};
  const onInformational = () => {};
  const cookies = new CookieJar();
  const auth = { username: "u", password: "" };
  const settings = settingsOf({
    ...{ signal, bodyToFile, onProgress, onInformational, cookies, auth, expectContinue: true },
    ...{ trailers: { "X-T": "1" }, decode: true, maxHeadBytes: 64, maxFields: 0, maxBodyBytes: 0 },
    ...{ maxDecodeRatio: 1, retry: true, allowDowngrade: true },
  });
  const expected: Partial<Settings> = {
    ...{ signal, bodyToFile, onProgress, onInformational, cookies, auth, expectContinue: true },
    ...{ trailers: [["X-T", "1"]], decode: true, maxHeadBytes: 64, maxFields: 0, maxBodyBytes: 0 },
    maxDecodeRatio: 1,
  };
  for (const [name, value] of Object.entries(expected)) {
    assertEquals(settings[name as keyof Settings], value as never, name);
  }
  assertEquals([settings.retry?.attempts, settings.redirect.allowDowngrade], [3, true]);
  assertEquals(settingsOf({ auth: { type: "bearer", token: "t" } }).auth, {
    type: "bearer",
    token: "t",
  });
  assertEquals(settingsOf({ maxBodyBytes: Infinity }).maxBodyBytes, Infinity);
});

Deno.test("trailers are checked like fields, and none are no trailers", () => {
  assertEquals(settingsOf({ trailers: {} }).trailers, undefined);
  assertThrows(
    () => settingsOf({ trailers: { "Content-Length": "1" } }),
    TypeError,
    "Content-Length",
  );
  assertThrows(() => settingsOf({ trailers: { "X-T": "a\r\nb" } }), TypeError, "X-T");
});

Deno.test("options that are no object are refused", () => {
  const { signal } = new AbortController();
  for (const options of [5, "x", null, true, [], new Map(), new Headers(), signal, () => {}]) {
    const resolvers = [
      () => settingsOf(options as RequestOptions),
      () => resolveClient(options as ClientOptions, DEFAULTS),
    ];
    for (const resolve of resolvers) {
      const { message } = assertThrows(resolve, TypeError, "Cannot use options: they are ");
      assert(message.endsWith(", not an object"), message);
    }
  }
  assertEquals(settingsOf(Object.create(null)), DEFAULTS);
});

Deno.test("an unknown name inside an option is refused by both names", () => {
  const cases: [unknown, string][] = [
    [{ retry: { attemps: 5 } }, "retry.attemps"],
    [{ minSpeed: { bytes: 1, windo: 3 } }, "minSpeed.windo"],
    [{ auth: { tpye: "digest", username: "u", password: "p" } }, "auth.tpye"],
    [{ auth: { type: "bearer", token: "t", password: "p" } }, "auth.password"],
  ];
  for (const [options, name] of cases) {
    assertThrows(
      () => settingsOf(options as RequestOptions),
      TypeError,
      `Cannot use option "${name}": there is no such option`,
    );
  }
  assertEquals(settingsOf({ retry: { attemps: undefined } as never }).retry?.attempts, 3);
});

Deno.test("errors about credentials never quote them", () => {
  const wrong = [
    ...["secret", ["secret"], { username: "secret:", password: "secret" }],
    ...[{ username: "u", password: "secret\n" }, { type: "bearer", token: "secret\r\n" }],
    ...[{ type: "digest", username: "secret\0", password: "" }, { username: ["secret"] }],
  ];
  for (const auth of wrong) {
    const { message } = assertThrows(() => settingsOf({ auth: auth as never }), TypeError);
    assert(message.startsWith('Cannot use option "auth'), message);
    assert(!message.includes("secret"), message);
  }
});

Deno.test("trailers may come as pairs, with repeats", () => {
  const pairs: [string, string][] = [["X-A", "1"], ["X-A", "2"]];
  assertEquals(settingsOf({ trailers: pairs }).trailers, pairs);
  assertEquals(settingsOf({ trailers: new Map([["X-A", "1"]]) }).trailers, [["X-A", "1"]]);
  assertEquals(settingsOf({ trailers: new Headers({ "X-A": "1" }) }).trailers, [["x-a", "1"]]);
});

Deno.test("a jar of one's own is whatever has both methods of a CookieJar", () => {
  const jar = { cookieHeader: () => undefined, store: () => {} } as unknown as CookieJar;
  assertStrictEquals(settingsOf({ cookies: jar }).cookies, jar);
});
