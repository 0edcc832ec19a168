// The transfer of the get command as most are: one request, and its response written as it comes.

import { HttpError } from "../../wire/errors.ts";
import { beforeAbort } from "../dial/aborting.ts";
import { Checksum, parseSha256 } from "../download/checksum.ts";
import { publicUrl } from "../download/validators.ts";
import type { Progress } from "../options.ts";
import type { ClientResponse, OpenResponse } from "../response.ts";
import { prepareBody } from "./body.ts";
import { addBodyFields, type HeaderFields } from "./header_fields.ts";
import { checkPrintable, openOutput, type Output } from "./output.ts";
import type { Transfer } from "./world.ts";

/** Sends a request and writes its response. */
export async function fetchOnce(transfer: Transfer): Promise<void> {
  const { get, engine, options, heads, world, onResponse } = transfer;
  const { switches, values } = get;
  const request = await beforeAbort(prepareBody(get, world.stdin), world.signal);
  addBodyFields(options.headers as HeaderFields, request);
  const output = await openOutput(get.output, world.stdout, world.signal);
  const showsHeads = switches.has("include") || switches.has("head");
  // What has a digest is no error page.
  const fails = switches.has("fail") || values.sha256 !== undefined;
  try {
    let opened: OpenResponse;
    try {
      opened = await engine.open(request.method, request.url, request.body, options);
    } finally {
      if (showsHeads) await output.write(heads.take());
    }
    const { response } = opened;
    onResponse(response);
    const isError = response.code >= 400;
    try {
      if (isError && fails && !switches.has("fail-with-body")) throw refused(response);
      options.onProgress?.(startOf(response));
      await writeBody(transfer, opened, output);
    } finally {
      opened.body.close();
    }
    await output.commit();
    if (isError && switches.has("fail-with-body")) throw refused(response);
  } finally {
    await output.discard();
  }
}

async function writeBody(
  { get, world }: Transfer,
  { response, body }: OpenResponse,
  output: Output,
): Promise<void> {
  const { sha256 } = get.values;
  const checksum = sha256 === undefined ? undefined : new Checksum(parseSha256(sha256));
  let isFirst = get.output === undefined && !get.isBinaryWelcome && world.stdout.isTerminal();
  for (let bytes; (bytes = await body.read()) !== undefined;) {
    if (isFirst) checkPrintable(bytes);
    isFirst = false;
    await output.write(bytes);
    checksum?.update(bytes);
  }
  checksum?.check(publicUrl(response.url));
}

function startOf({ headers }: ClientResponse): Progress {
  const length = Number(headers["content-length"] ?? NaN);
  return { direction: "down", bytes: 0, total: Number.isNaN(length) ? undefined : length };
}

function refused({ code, status, url }: ClientResponse): HttpError {
  const answer = `${code} ${status}`.trimEnd();
  return new HttpError(`Cannot get "${publicUrl(url)}": the server answered ${answer}`, {
    code: "refused",
    status: code,
  });
}
