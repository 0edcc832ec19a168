// What a fetch came to, as a record that can be compared: how it ended, and what the server was asked.

import { fieldOf } from "../../conformance/message_parser.ts";
import type { TableRequest, TableServer } from "./server.ts";

/** Any of the two. */
export type AnyFetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/** What came of one case. */
export type Outcome = Record<string, unknown>;

/** Fields of requests that each client sends in its own way: the table has entries about them. */
const OWN_FIELDS = new Set(["user-agent", "accept-language", "accept-encoding", "host"]);

/** Runs a case. What it gives besides the response is part of the outcome. */
export async function outcomeOf(
  fetch: AnyFetch,
  servers: readonly TableServer[],
  run: (fetch: AnyFetch) => Promise<Response | Outcome>,
): Promise<Outcome> {
  for (const { requests } of servers) requests.length = 0;
  let outcome: Outcome;
  try {
    const result = await run(fetch);
    outcome = result instanceof Response ? await facts(result) : result;
  } catch (error) {
    outcome = { rejects: describeError(error) };
  }
  const asked = servers.flatMap(({ requests }, server) =>
    requests.map((request) => ({ server, ...describe(request) }))
  );
  // Ports differ from run to run.
  let text = JSON.stringify({ ...outcome, asked });
  servers.forEach(({ port }, i) => text = text.replaceAll(`:${port}`, `:port${i}`));
  return JSON.parse(text);
}

async function facts(response: Response): Promise<Outcome> {
  const { status, statusText, ok, type, url, redirected, headers } = response;
  const before = response.bodyUsed;
  const isNull = response.body === null;
  let body: string;
  try {
    body = await response.text();
  } catch (error) {
    body = `rejects: ${describeError(error)}`;
  }
  const used = [before, response.bodyUsed];
  const fields = [...headers];
  return { status, statusText, ok, type, url, redirected, headers: fields, isNull, body, used };
}

/** The class of an error, or what was thrown instead. */
function describeError(error: unknown): string {
  return error instanceof Error ? error.constructor.name : String(error);
}

interface Asked {
  method: string;
  target: string;
  host: string | undefined;
  fields: string[];
  body: string;
}

/** A request as it is compared. */
function describe(request: TableRequest): Asked {
  const { method, target, body } = request;
  const fields = request.fields
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !OWN_FIELDS.has(name));
  const host = fieldOf(request, "host");
  const lines = fields.map((it) => it.join(": ")).sort();
  // Boundaries differ from form to form, and so do lengths.
  const boundary = /boundary=(\S+)/.exec(fieldOf(request, "content-type") ?? "")?.[1];
  if (boundary === undefined) return { method, target, host, fields: lines, body };
  const known = lines.map((it) => it.replace(boundary, "B").replace(/(content-length): \d+/, "$1"));
  return { method, target, host, fields: known, body: body.replaceAll(boundary, "B") };
}

/** What only Deno's fetch came to (`-`), and what only ours did (`+`), line by line. */
export function differences(theirs: Outcome, ours: Outcome): string[] {
  const [a, b] = [linesOf(theirs), linesOf(ours)];
  return [
    ...a.filter((line) => !b.includes(line)).map((line) => `- ${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `+ ${line}`),
  ];
}

/** A line for each member, one for each request. */
function linesOf({ asked, ...outcome }: Outcome): string[] {
  const members = Object.entries(outcome).map(([name, it]) => `${name}: ${JSON.stringify(it)}`);
  const requests = (asked as (Asked & { server: number })[]).map((it, i) => {
    const { server, method, host, target, fields, body } = it;
    return `request ${i + 1}: ${method} ${target} to ${server}, ${host} ${
      JSON.stringify([fields, body])
    }`;
  });
  return [...members.sort(), ...requests];
}
