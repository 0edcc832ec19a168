// The version of this package, for what names itself; a test holds it to the one in deno.json.

/** The version of this package. */
export const VERSION = "0.1.0";
