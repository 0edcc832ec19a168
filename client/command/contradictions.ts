// Which options of the get command exclude each other, or need others. Pure.

import type { GetArguments } from "./get_arguments.ts";
import { UsageError } from "./errors.ts";

/** Throws UsageError for arguments that contradict each other. */
export function checkContradictions(get: GetArguments): void {
  const { switches, values } = get;
  const bodies = bodiesOf(get);
  if (bodies.length > 1) exclude(...bodies);
  if (switches.has("ipv4") && switches.has("ipv6")) exclude("-4", "-6");
  if (values.sha256 !== undefined) checkDigested(get);
  if (switches.has("remote-time") && get.output === undefined) needFile("-R");
  if (switches.has("continue-at")) checkResumed(get, bodies[0]);
}

/** The options that make a body, or forbid one. */
function bodiesOf({ switches, values, data, form }: GetArguments): string[] {
  const pieces = data.filter(({ kind }) => kind !== "json");
  return [
    pieces.length > 0 && !switches.has("get") && "-d",
    data.length > pieces.length && "--json",
    form.length > 0 && "-F",
    values["upload-file"] !== undefined && "-T",
    switches.has("head") && "-I",
  ].filter((it) => it !== false);
}

/** Bytes must not go on before their digest is known, and the file is to be what has it. */
function checkDigested({ switches, output }: GetArguments): void {
  if (switches.has("head")) exclude("--sha256", "-I");
  if (switches.has("include")) exclude("--sha256", "-i");
  if (output === undefined) needFile("--sha256");
}

function checkResumed({ switches, values, output }: GetArguments, body: string | undefined): void {
  if (output === undefined) needFile("-C");
  for (const name of ["include", "head", "compressed", "fail-with-body"] as const) {
    if (switches.has(name)) exclude("-C", `--${name}`);
  }
  if (values.range !== undefined) exclude("-C", "-r");
  const other = body ?? (values.request === undefined ? undefined : "-X");
  if (other !== undefined) exclude("-C", other);
}

function needFile(option: string): never {
  throw new UsageError(`Cannot start: option "${option}" needs "-o" or "-O"`);
}

function exclude(...names: string[]): never {
  throw new UsageError(`Cannot start: options "${names.join('" and "')}" exclude each other`);
}
