// What the main thread and its workers say to each other. Types only.

import type { ServeSettings } from "./settings.ts";

/** To a worker. */
export type ToWorker =
  /** The first message. */
  | { readonly type: "start"; readonly settings: ServeSettings }
  /** The last log was written: the next may come. */
  | { readonly type: "logged" }
  | { readonly type: "drain" }
  | { readonly type: "shutdown" };

/** From a worker. */
export type FromWorker =
  | { readonly type: "listening" }
  | { readonly type: "failed"; readonly message: string }
  /** Lines, the last one with its end; answered with `logged`. */
  | { readonly type: "log"; readonly lines: string }
  /** Nothing comes after this. */
  | { readonly type: "ended"; readonly drained: number; readonly cut: number };
