// Entity tags, RFC 9110 8.8.3: made from size and modification time, one per content coding, and the
// two comparisons.

/**
 * A strong entity tag that changes whenever size or time of modification does, and differs per coding. Who changes the
 * content, keeps its size and sets the time back deceives it, as everybody who makes tags of these: that they are
 * the same for all copies of a site is worth more.
 */
export function makeEtag(size: number, mtimeMs: number, coding?: string): string {
  const value = `${size.toString(16)}-${mtimeMs.toString(16)}`;
  return coding === undefined ? `"${value}"` : `"${value}-${coding}"`;
}

/**
 * The weak tag of a representation that is coded anew for each answer, from the tag of what it is made of: the
 * bytes may differ, the content does not (RFC 9110 8.8.1).
 */
export function codedEtag(etag: string, coding: string): string {
  return `W/${stripWeak(etag).slice(0, -1)}-${coding}"`;
}

/** Whether a text is an entity tag. */
export function isEntityTag(text: string): boolean {
  return matchAt(ENTITY_TAG, text, 0) === text;
}

// entity-tag = [ W/ ] DQUOTE *etagc DQUOTE
const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/y;
const SEPARATOR = /[\t ]*(?:,[\t ]*|$)/y;

/** The tags of an If-Match or If-None-Match field, `"*"`, or `undefined` when the list is malformed. */
export function parseEntityTags(value: string): "*" | string[] | undefined {
  if (value === "*") return "*";
  const tags: string[] = [];
  let at = 0;
  while (at < value.length) {
    // RFC 9110 5.6.1: empty list elements count for nothing.
    const tag = matchAt(ENTITY_TAG, value, at);
    if (tag !== undefined) tags.push(tag);
    at += tag?.length ?? 0;
    const separator = matchAt(SEPARATOR, value, at);
    if (separator === undefined) return undefined;
    at += separator.length;
  }
  return tags.length > 0 ? tags : undefined;
}

/** RFC 9110 8.8.3.2: equal whether or not either of them is weak. */
export function equalsWeakly(one: string, other: string): boolean {
  return stripWeak(one) === stripWeak(other);
}

/** RFC 9110 8.8.3.2: equal and neither is weak. */
export function equalsStrongly(one: string, other: string): boolean {
  return one === other && !one.startsWith("W/");
}

function stripWeak(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}

function matchAt(pattern: RegExp, value: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(value)?.[0];
}
