import { assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../client/command/arguments.ts";
import type { HeaderFields } from "../../../client/command/header_fields.ts";
import { requestOptions } from "../../../client/command/request_options.ts";
import { UsageError } from "../../../client/command/errors.ts";
import type { RequestOptions } from "../../../client/options.ts";
import { DEFAULTS, resolveSettings } from "../../../client/settings.ts";

function get(args: string[]) {
  const command = parseArguments(["http://a.test/", ...args]);
  if (command.action !== "get") throw new Error("Not a get");
  return command.get;
}

/** The options, without those that are not set; the client would accept them. */
function options(...args: string[]): RequestOptions {
  const found = requestOptions(get(args));
  resolveSettings(found, DEFAULTS);
  const { headers, ...others } = found;
  return {
    ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)),
    headers: { ...headers as HeaderFields },
  };
}

const PLAIN = options();

function assertAdds(args: string[], added: RequestOptions): void {
  assertEquals(options(...args), { ...PLAIN, ...added }, args.join(" "));
}

function assertRefuses(args: string[], message: string): void {
  assertThrows(() => options(...args), UsageError, message);
}

Deno.test("requestOptions() means what curl does by default: no redirects, no decoding, no end", () => {
  assertEquals(PLAIN, {
    timeout: 0,
    redirect: "manual",
    allowDowngrade: false,
    decode: false,
    insecure: false,
    headers: {},
  });
});

Deno.test("requestOptions() takes switches over", () => {
  assertAdds(["-L"], { redirect: "follow" });
  assertAdds(["-L", "--allow-downgrade"], { redirect: "follow", allowDowngrade: true });
  assertAdds(["-k"], { insecure: true });
  assertAdds(["--compressed"], { decode: true });
  assertAdds(["-4"], { ipv6: false });
  assertAdds(["-6"], { ipv6: true });
  assertAdds(["--tlsv1.2"], { minTlsVersion: "1.2" });
  assertAdds(["--tlsv1.2", "--tlsv1.3"], { minTlsVersion: "1.3" });
});

Deno.test("requestOptions() takes times and counts over", () => {
  assertAdds(["-m", "1.5"], { timeout: 1.5, headTimeout: 0, idleTimeout: 0 });
  assertAdds(["-m", "0"], { timeout: 0, headTimeout: 0, idleTimeout: 0 });
  assertAdds(["--connect-timeout", ".5"], { connectTimeout: 0.5 });
  assertAdds(["--max-redirs", "3"], { maxRedirects: 3 });
  assertAdds(["--max-redirs", "-1"], { maxRedirects: Infinity });
  assertAdds(["--retry", "2"], { retry: { attempts: 3 } });
  assertAdds(["--retry", "0"], {});
  for (const text of ["soon", "-1", "1e3", "."]) {
    assertRefuses(
      [`--max-time=${text}`],
      `option "--max-time" is "${text}", not a number of seconds`,
    );
  }
  assertRefuses(["--max-redirs=-2"], 'option "--max-redirs" is "-2", not an integer from -1');
  assertRefuses(["--retry=1.5"], 'option "--retry" is "1.5", not an integer from 0');
});

Deno.test("requestOptions() takes the ways to a server over", () => {
  assertAdds(["--interface", "lo"], { device: "lo" });
  assertAdds(["--interface", "127.0.0.2"], { localAddress: "127.0.0.2" });
  assertAdds(["--interface", "::1"], { localAddress: "::1" });
  assertAdds(["--unix-socket", "/run/a"], { unix: "/run/a" });
  assertAdds(["--dns-servers", "127.0.0.1,127.0.0.2:5353"], {
    nameservers: ["127.0.0.1", "127.0.0.2:5353"],
  });
});

Deno.test("requestOptions() reads --resolve with one address or more, IPv6 with or without brackets", () => {
  assertAdds(["--resolve", "a.test:80:127.0.0.1", "--resolve", "*:443:[::1],127.0.0.2"], {
    resolve: Object.assign(Object.create(null), {
      "a.test:80": ["127.0.0.1"],
      "*:443": ["::1", "127.0.0.2"],
    }),
  });
  for (
    const entry of ["a.test:80", "a.test:80:", "a.test:x:127.0.0.1", "a.test:80:b.test", ":80:::1"]
  ) {
    assertRefuses(["--resolve", entry], `option "--resolve" is "${entry}"`);
  }
});

Deno.test("requestOptions() reads pins", () => {
  const digest = `${"A".repeat(43)}=`;
  assertAdds(["--pinnedpubkey", `sha256//${digest};sha256//${digest}`], {
    pin: [`sha256/${digest}`, `sha256/${digest}`],
  });
  assertRefuses(["--pinnedpubkey", "key.pem"], 'option "--pinnedpubkey" is "key.pem"');
});

Deno.test("requestOptions() reads credentials", () => {
  assertAdds(["-u", "a:b:c"], { auth: { type: "basic", username: "a", password: "b:c" } });
  assertAdds(["-u", "a:", "--digest"], { auth: { type: "digest", username: "a", password: "" } });
  assertAdds(["--oauth2-bearer", "t"], { auth: { type: "bearer", token: "t" } });
  assertAdds(["-u", "a"], { auth: { type: "basic", username: "a", password: "" } });
  assertRefuses(["--digest"], 'option "--digest" needs "-u"');
  assertRefuses(["-u", "a:b", "--oauth2-bearer", "t"], "exclude each other");
});

Deno.test("requestOptions() takes the fields over", () => {
  assertAdds(["-H", "A: 1", "-H", "a: 2", "-H", "Accept:"], {
    headers: { A: ["1", "2"], Accept: [] },
  });
});
