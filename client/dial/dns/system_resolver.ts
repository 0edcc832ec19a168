// The system's resolver, which knows the hosts file and whatever else the machine is set up with.

import { lookup } from "node:dns";
import { resolveError } from "../connect_error.ts";

/** The addresses of a name, in the system's order. */
export function lookUpBySystem(host: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true, verbatim: true }, (cause, found) => {
      if (cause === null) resolve(found.map(({ address }) => address));
      else reject(resolveError(host, describe(host, cause), cause));
    });
  });
}

function describe(host: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOTFOUND") return "no such host is known";
  // What node: modules make of a permission that is missing.
  if (code === "EPERM") return `--allow-net for "${host}" is missing`;
  return message;
}
