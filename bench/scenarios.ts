/**
 * What is measured: one table of the scenarios, and the choice among them that --only makes.
 */

/** The rivals by the short names that --without and the JSON report use. */
export type ServerKey = "ours" | "bare" | "deno" | "node" | "nginx" | "std";

/** One thing to measure with every server that can do it. */
export interface Scenario {
  name: string;
  group: "hello" | "pipelined" | "files" | "download";
  title: string;
  /** The request target. */
  target: string;
  /** Length of the right answer's body. */
  bodyBytes: number;
  /** Requests that a connection has under way at once. */
  pipeline: number;
  /** Connections when --connections does not say otherwise. */
  connections: number;
  servers: readonly ServerKey[];
}

export const HELLO_BODY = "hello";
const KIB = 1024;
const MIB = 1024 * KIB;

const HELLO_SERVERS = ["ours", "deno", "node", "nginx"] as const;
/** The bare loop answers each read once, whatever is in it: no use when requests are pipelined. */
const UNPIPELINED_SERVERS = ["ours", "bare", "deno", "node", "nginx"] as const;
const FILE_SERVERS = ["ours", "std", "nginx"] as const;

export const SCENARIOS: readonly Scenario[] = [
  hello("hello", 1),
  hello("pipelined", 16),
  file("1k", "1 KB", KIB),
  file("10k", "10 KB", 10 * KIB),
  file("100k", "100 KB", 100 * KIB),
  file("1m", "1 MB", MIB),
  {
    name: "download",
    group: "download",
    title: "one download of 100 MB",
    target: "/file-100m.bin",
    bodyBytes: 100 * MIB,
    pipeline: 1,
    connections: 1,
    servers: FILE_SERVERS,
  },
];

/** The scenarios whose name or group is among `names`, in the table's order; all when empty. */
export function selectScenarios(names: readonly string[]): Scenario[] {
  for (const name of names) {
    if (!SCENARIOS.some((one) => one.name === name || one.group === name)) {
      throw new RangeError(`Cannot select scenarios: "${name}" is none of ${scenarioNames()}`);
    }
  }
  return SCENARIOS.filter((one) =>
    names.length === 0 || names.includes(one.name) || names.includes(one.group)
  );
}

/** Every name that --only takes. */
export function scenarioNames(): string {
  return [...new Set(SCENARIOS.flatMap((one) => [one.group, one.name]))].join(", ");
}

function hello(name: "hello" | "pipelined", pipeline: number): Scenario {
  return {
    name,
    group: name,
    title: pipeline === 1 ? "hello" : `hello, ${pipeline} requests pipelined`,
    target: "/hello",
    bodyBytes: HELLO_BODY.length,
    pipeline,
    connections: 64,
    servers: pipeline === 1 ? UNPIPELINED_SERVERS : HELLO_SERVERS,
  };
}

function file(size: string, title: string, bodyBytes: number): Scenario {
  return {
    name: `file-${size}`,
    group: "files",
    title: `file of ${title}`,
    target: `/file-${size}.bin`,
    bodyBytes,
    pipeline: 1,
    connections: 64,
    servers: FILE_SERVERS,
  };
}
