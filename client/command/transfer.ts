// What the get command does: a request, and its response written where it belongs, with a progress bar
// where somebody can see it.

import type { ProxyChoice } from "../dial/proxy/proxy.ts";
import { beforeAbort } from "../dial/aborting.ts";
import { parseSha256 } from "../download/checksum.ts";
import { publicUrl } from "../download/validators.ts";
import { Engine } from "../engine.ts";
import type { Progress, RequestOptions } from "../options.ts";
import type { ClientResponse } from "../response.ts";
import type { GetArguments } from "./get_arguments.ts";
import { UsageError } from "./errors.ts";
import { fetchOnce } from "./fetch_once.ts";
import { makeFolders, setModified } from "./file_options.ts";
import { Heads } from "./heads.ts";
import { expandHeaders } from "./input.ts";
import { openOutput } from "./output.ts";
import { pemOptions } from "./pem_options.ts";
import { ProgressBar } from "./progress_bar.ts";
import { chooseProxies } from "./proxies.ts";
import { requestOptions } from "./request_options.ts";
import { resume } from "./resume.ts";
import type { Transfer, World } from "./world.ts";
import { unknownVariables, writeOut } from "./write_out.ts";

/** Does what the arguments ask for. */
export async function transfer(args: GetArguments, world: World): Promise<void> {
  checkDigest(args.values.sha256);
  const get = await beforeAbort(complete(args, world), world.signal);
  const { switches, output, values } = get;
  const options: RequestOptions = { ...requestOptions(get), ...pemOptions(get) };
  const heads = new Heads(switches.has("verbose") ? world.trace : undefined);
  const proxies: ProxyChoice = chooseProxies(get, world.environment);
  const format = values["write-out"];
  for (const name of unknownVariables(format ?? "")) {
    world.warn(`There is no variable "%{${name}}" for "-w"`);
  }
  if (output !== undefined && switches.has("create-dirs")) await makeFolders(output);
  const engine = new Engine({}, heads.line, proxies);
  const isBarWanted = output !== undefined && !switches.has("silent") &&
    !switches.has("no-progress-meter");
  const bar = isBarWanted && world.terminal
    ? new ProgressBar(world.terminal, switches.has("remote-name") ? output : undefined)
    : undefined;
  const startMs = performance.now();
  const moved = { up: 0, down: 0 };
  let response: ClientResponse | undefined;
  let isWhole = false;
  try {
    options.signal = world.signal;
    options.onInformational = heads.informational;
    options.onProgress = (progress: Progress) => {
      moved[progress.direction] = progress.bytes;
      bar?.update(progress);
    };
    const onResponse = (it: ClientResponse): void => void (response = it);
    const run = switches.has("continue-at") ? resume : fetchOnce;
    await withDump({ get, engine, options, heads, world, onResponse }, run);
    if (switches.has("remote-time")) await setModified(output!, response?.headers["last-modified"]);
    isWhole = true;
  } finally {
    bar?.end(isWhole);
    engine.close();
    if (format !== undefined && !world.signal.aborted) {
      const text = writeOut(format, {
        code: response?.code ?? 0,
        url: publicUrl(response?.url ?? get.url),
        contentType: response?.headers["content-type"] ?? "",
        redirects: response?.redirects.length ?? 0,
        bytesDown: moved.down,
        bytesUp: moved.up,
        seconds: (performance.now() - startMs) / 1000,
      });
      const stdout = await openOutput(undefined, world.stdout, world.signal);
      await stdout.write(new TextEncoder().encode(text));
    }
  }
}

/** The arguments with what files and the terminal add to them. */
async function complete(args: GetArguments, world: World): Promise<GetArguments> {
  const { user } = args.values;
  const header = await expandHeaders(args.header, world.stdin);
  if (user === undefined || user.includes(":") || world.askPassword === undefined) {
    return { ...args, header };
  }
  const password = await world.askPassword(`Password of user "${user}": `);
  return { ...args, header, values: { ...args.values, user: `${user}:${password}` } };
}

/** Runs with the heads going to the file of -D as well, whatever comes of it. */
async function withDump(
  transfer: Transfer,
  run: (transfer: Transfer) => Promise<void>,
): Promise<void> {
  const { get, heads, world } = transfer;
  const path = get.values["dump-header"];
  if (path === undefined) return await run(transfer);
  const dump = await openOutput(path === "-" ? undefined : path, world.stdout, world.signal);
  try {
    await run(transfer);
  } finally {
    try {
      await dump.write(heads.all());
      await dump.commit();
    } finally {
      await dump.discard();
    }
  }
}

function checkDigest(sha256: string | undefined): void {
  try {
    if (sha256 !== undefined) parseSha256(sha256);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
