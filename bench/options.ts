/**
 * The command line of the bench: what may be asked, the defaults, and the bounds that keep a run
 * finite.
 */

import { parseArgs } from "@std/cli/parse-args";
import {
  type ContestantKey,
  type Scenario,
  scenarioNames,
  SCENARIOS,
  selectScenarios,
} from "./scenarios.ts";

/** A command line, checked. */
export interface BenchOptions {
  scenarios: Scenario[];
  without: ReadonlySet<ContestantKey>;
  /** Length of one run. */
  seconds: number;
  /** Runs of every contestant in every scenario. */
  rounds: number;
  /** Connections, instead of each scenario's own number; never of transfers and of the clients. */
  connections: number | undefined;
  json: boolean;
  help: boolean;
}

const CONTESTANT_KEYS: readonly ContestantKey[] = [
  ...new Set(SCENARIOS.flatMap((one) => one.contestants)),
];

export const USAGE: string = `Usage: deno task bench [options]

  --only NAMES        scenarios or groups, separated by commas:
                      ${scenarioNames()}
  --without NAMES     leave contestants out:
                      ${CONTESTANT_KEYS.join(", ")}
  --seconds N         length of one run (2; 1 to 60)
  --rounds N          runs of every contestant in every scenario (5; 1 to 50)
  --connections N     connections of the servers, but for transfers (64; 1 to 1000)
  --json              print JSON instead of tables
  --help              print this
`;

/** Reads the arguments; throws a RangeError that says what is wrong with them. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const flags = parseArgs([...args], {
    boolean: ["json", "help"],
    string: ["only", "without", "seconds", "rounds", "connections"],
    collect: ["only", "without"],
    unknown: (arg: string) => {
      throw new RangeError(`Cannot run the bench: unknown argument "${arg}"`);
    },
  });
  return {
    scenarios: selectScenarios(splitNames(flags.only)),
    without: new Set(splitNames(flags.without).map(contestantKey)),
    seconds: wholeNumber("seconds", flags.seconds, 60) ?? 2,
    rounds: wholeNumber("rounds", flags.rounds, 50) ?? 5,
    connections: wholeNumber("connections", flags.connections, 1000),
    json: flags.json,
    help: flags.help,
  };
}

function splitNames(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(",")).filter((name) => name !== "");
}

function contestantKey(name: string): ContestantKey {
  const key = CONTESTANT_KEYS.find((one) => one === name);
  if (key) return key;
  throw new RangeError(`Cannot leave "${name}" out: it is none of ${CONTESTANT_KEYS.join(", ")}`);
}

function wholeNumber(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw new RangeError(`Cannot take --${name} "${text}": expected a whole number from 1 to ${max}`);
}
