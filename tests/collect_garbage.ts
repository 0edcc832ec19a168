// The engine's garbage collector on call, in a program that was started without a flag for it.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");

/** Collects all garbage before it returns. */
export const collectGarbage: () => void = runInNewContext("gc");
