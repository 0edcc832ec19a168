// Options as the inner parts of the client want them.

import { Control } from "../../../client/exchange/control.ts";
import type { RequestOptions } from "../../../client/options.ts";
import { DEFAULTS, resolveSettings, type Settings } from "../../../client/settings.ts";

/** Settings of a request with these options. */
export function settingsOf(options: RequestOptions = {}): Settings {
  return resolveSettings(options, DEFAULTS);
}

/** A control without deadline and signal, which nobody has to end. */
export function freeControl(signal?: AbortSignal): Control {
  return new Control(0, signal);
}
