// What may stand in a Content-Type of a part: nothing that could end its line. Pure.

import { TOKEN } from "../../wire/headers.ts";

const QUOTED = '"(?:[\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t\\x20-\\x7e])*"';
const MEDIA_TYPE = new RegExp(
  `^${TOKEN}/${TOKEN}(?:[\\t ]*;[\\t ]*${TOKEN}=(?:${TOKEN}|${QUOTED}))*$`,
);

/**
 * Whether `text` is a media type with its parameters (RFC 9110 8.3.1), in ASCII. Not by `parseMediaType` of
 * @std/media-types: that lets line breaks pass, which would begin another field.
 */
export function isMediaType(text: string): boolean {
  return MEDIA_TYPE.test(text);
}
