// Options as the inner parts of the client want them.

import type { RequestOptions } from "../../../client/options.ts";
import { DEFAULTS, resolveSettings, type Settings } from "../../../client/settings.ts";

/** Settings of a request with these options. */
export function settingsOf(options: RequestOptions = {}): Settings {
  return resolveSettings(options, DEFAULTS);
}
