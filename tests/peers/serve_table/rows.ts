// All rows of the table, in groups.

import { BODIES } from "./bodies.ts";
import { message, type TableCase } from "./case.ts";
import { FAILURES } from "./failures.ts";
import { HEADS } from "./heads.ts";
import { LEAVING } from "./leaving.ts";
import { PASSING_ON } from "./passing_on.ts";
import { REFUSALS } from "./refusals.ts";
import { REQUEST_HEADS } from "./request_heads.ts";
import { REQUESTS } from "./requests.ts";

function bodyRows(): TableCase[] {
  return Object.entries(BODIES).flatMap(([what, handler]): TableCase[] => [
    { name: `returns ${what}`, handler },
    { name: `returns ${what}, to HEAD`, handler, ask: [message("HEAD")] },
    { name: `returns ${what}, by HTTP/1.0`, handler, ask: ["GET / HTTP/1.0\r\n\r\n"], isOld: true },
  ]);
}

/** The rows by what they are about. */
export const GROUPS: Record<string, TableCase[]> = {
  "bodies of every kind": bodyRows(),
  "fields and statuses": HEADS.map((row) => ({ ...row, name: `answers ${row.name}` })),
  "what a fetch came to": PASSING_ON,
  "failures": FAILURES,
  "heads of requests": REQUEST_HEADS,
  "bodies of requests": REQUESTS,
  "requests that may be refused": REFUSALS,
  "leaving clients": LEAVING,
};
