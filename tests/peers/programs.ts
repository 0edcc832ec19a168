// The programs that stand for the rest of the world in tests. A test that needs one that is not
// installed is ignored, and says so in its name.

/** Whether a program runs and says of itself what is expected. */
function isInstalled(program: string, args: string[], expected: RegExp): boolean {
  try {
    const { success, stdout, stderr } = new Deno.Command(program, { args }).outputSync();
    const decoder = new TextDecoder();
    return success &&
      (expected.test(decoder.decode(stdout)) || expected.test(decoder.decode(stderr)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A program that tests may need. */
export type Program =
  | "curl"
  | "node"
  | "openssl"
  | "python3"
  | "tinyproxy"
  | "danted"
  | "nginx"
  | "dnsmasq"
  | "script"
  | "setpriv"
  | "chromium"
  | "wget"
  | "git"
  | "npm"
  | "apt";

/** What tells, asked only for what a test needs. */
const CHECKS: Record<Program, () => boolean> = {
  curl: () => isInstalled("curl", ["--version"], /^curl \d/),
  // Where there is no Node, Deno may answer to its name.
  node: () => isInstalled("node", ["-p", "process.versions.deno ?? process.version"], /^v\d/),
  openssl: () => isInstalled("openssl", ["version"], /^(OpenSSL|LibreSSL) \d/),
  python3: () => isInstalled("python3", ["--version"], /^Python 3/),
  tinyproxy: () => isInstalled("tinyproxy", ["-v"], /^tinyproxy \d/),
  nginx: () => isInstalled("/usr/sbin/nginx", ["-v"], /^nginx version: nginx\/\d/),
  dnsmasq: () => isInstalled("/usr/sbin/dnsmasq", ["--version"], /^Dnsmasq version \d/),
  danted: () => isInstalled("/usr/sbin/danted", ["-v"], /^Dante v\d/),
  setpriv: () => isInstalled("setpriv", ["--version"], /util-linux/),
  script: () => isInstalled("script", ["--version"], /util-linux/),
  chromium: () => isInstalled("chromium", ["--version"], /^Chromium \d/),
  wget: () => isInstalled("wget", ["--version"], /^GNU Wget \d/),
  git: () => isInstalled("git", ["--version"], /^git version \d/),
  npm: () => isInstalled("npm", ["--version"], /^\d/),
  apt: () =>
    isInstalled("apt-get", ["--version"], /^apt \d/) &&
    isInstalled("dpkg-deb", ["--version"], /^Debian /),
};
const known = new Map<Program, boolean>();

function isThere(program: Program): boolean {
  const there = known.get(program) ?? CHECKS[program]();
  known.set(program, there);
  return there;
}

/** Defines a test that needs programs. */
export function testWith(
  programs: Program[],
  name: string,
  fn: (test: Deno.TestContext) => Promise<void>,
): void {
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length === 0) Deno.test(name, fn);
  else Deno.test.ignore(`${name} [ignored: ${missing.join(" and ")} not installed]`, fn);
}

/** What a program printed, and how it ended. */
export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Runs a program to its end, with `input` as its standard input. */
export async function run(program: string, args: string[], input?: string): Promise<Finished> {
  const child = new Deno.Command(program, {
    args,
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }
  const { code, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), bytes: stdout };
}

/** Runs curl, quiet but for errors, and never longer than 60 s. */
export function curl(args: string[], input?: string): Promise<Finished> {
  return run("curl", ["--disable", "-sS", "--max-time", "60", "--noproxy", "*", ...args], input);
}
