// Handlers that tell, in JSON, what they find.

import type { TableHandler } from "./case.ts";

/** A handler that tells, in JSON, what `look` finds. */
export function tell(look: (request: Request) => unknown): TableHandler {
  return async (request) => Response.json(await look(request) ?? null);
}

/** The same of something that may fail. */
export function attempt(look: (request: Request) => unknown): TableHandler {
  return tell(async (request) => {
    try {
      return await look(request);
    } catch (error) {
      return error instanceof Error ? error.name : error;
    }
  });
}
