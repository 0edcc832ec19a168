// Whether a file may be read, asked before it is: an archive whose length is announced can leave nothing out later.

import { statusOfFileError } from "../files/locate.ts";

/** Whether the system lets this process read the regular file at `path`. Throws what says that it is out of order. */
export function mayRead(path: string): boolean {
  try {
    // `access` of node:fs (Deno 2.9.6) knows neither groups nor root.
    Deno.openSync(path).close();
    return true;
  } catch (error) {
    const status = statusOfFileError(error);
    if (status === undefined || status === 503) throw error;
    return false;
  }
}
