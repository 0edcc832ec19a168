// What the get command does: a request, and its response written where it belongs, with a progress bar
// where somebody can see it.

import { Checksum, parseSha256 } from "../download/checksum.ts";
import { download } from "../download/download.ts";
import { Engine } from "../engine.ts";
import type { Progress, RequestOptions } from "../options.ts";
import type { OpenResponse } from "../response.ts";
import type { TraceLine } from "../trace.ts";
import { HttpError } from "../../wire/errors.ts";
import type { GetArguments } from "./arguments.ts";
import { type Input, prepareBody, type PreparedBody } from "./body.ts";
import { checkPrintable, headBytes, openOutput, type StandardOutput } from "./output.ts";
import { isLeftOut, requestOptions } from "./request_options.ts";
import { ProgressBar, type Terminal } from "./progress_bar.ts";
import { UsageError } from "./usage.ts";

/** What the command has of the world. */
export interface World {
  readonly stdin: Input;
  readonly stdout: StandardOutput & { isTerminal(): boolean };
  /** Where the progress bar goes; undefined: nobody would see it. */
  readonly terminal: Terminal | undefined;
  /** Called with the lines of `--verbose`. */
  readonly trace: TraceLine;
  /** Ends the transfer with its reason. */
  readonly signal: AbortSignal;
}

/** Does what the arguments ask for. */
export async function transfer(get: GetArguments, world: World): Promise<void> {
  const { switches, output, values } = get;
  checkDigest(values.sha256);
  const options = requestOptions(get);
  const engine = new Engine({}, switches.has("verbose") ? world.trace : undefined);
  const isBarWanted = output !== undefined && !switches.has("silent");
  const bar = isBarWanted && world.terminal ? new ProgressBar(world.terminal) : undefined;
  let isWhole = false;
  try {
    options.signal = world.signal;
    if (bar !== undefined) options.onProgress = (progress) => bar.update(progress);
    if (switches.has("continue-at")) await resume(engine, get, options);
    else await fetchOnce(engine, get, options, world);
    isWhole = true;
  } finally {
    bar?.end(isWhole);
    engine.close();
  }
}

function checkDigest(sha256: string | undefined): void {
  try {
    if (sha256 !== undefined) parseSha256(sha256);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function resume(engine: Engine, get: GetArguments, options: RequestOptions): Promise<void> {
  const { decode: _, ...rest } = options;
  const { sha256 } = get.values;
  await download(engine, get.url, get.output!, { ...rest, resume: true, sha256 });
}

async function fetchOnce(
  engine: Engine,
  get: GetArguments,
  options: RequestOptions,
  { stdin, stdout, signal }: World,
): Promise<void> {
  const { switches, values } = get;
  const request = await prepareBody(get, stdin);
  addContentType(get, request, options);
  const output = await openOutput(get.output, stdout, signal);
  const checksum = values.sha256 === undefined
    ? undefined
    : new Checksum(parseSha256(values.sha256));
  try {
    const opened = await engine.open(request.method, request.url, request.body, options);
    const { response, body } = opened;
    try {
      if (switches.has("fail") && response.code >= 400) refuse(opened);
      options.onProgress?.(startOf(opened));
      if (switches.has("include") || switches.has("head")) await output.write(headBytes(response));
      let isFirst = get.output === undefined && !get.isBinaryWelcome && stdout.isTerminal();
      for (let bytes; (bytes = await body.read()) !== undefined;) {
        if (isFirst) checkPrintable(bytes);
        isFirst = false;
        await output.write(bytes);
        checksum?.update(bytes);
      }
    } finally {
      body.close();
    }
    checksum?.check(request.url.href);
    await output.commit();
  } finally {
    await output.discard();
  }
}

/** The type that a body of -d has unless another one, or none, was asked for. */
function addContentType(
  get: GetArguments,
  { contentType }: PreparedBody,
  options: RequestOptions,
): void {
  const headers = options.headers as [string, string][];
  if (contentType === undefined || isLeftOut(get, "content-type")) return;
  if (headers.some(([name]) => name.toLowerCase() === "content-type")) return;
  headers.push(["Content-Type", contentType]);
}

function startOf({ response }: OpenResponse): Progress {
  const length = Number(response.headers["content-length"] ?? NaN);
  return { direction: "down", bytes: 0, total: Number.isNaN(length) ? undefined : length };
}

function refuse({ response: { code, status } }: OpenResponse): never {
  throw new HttpError(`Cannot get URL: the server answered ${`${code} ${status}`.trimEnd()}`, {
    code: "refused",
    status: code,
  });
}
