// Whether a request for what is not there may be meant for an application of one page, which knows more paths than
// there are files. Pure.

import { accepts } from "@std/http/negotiation";
import { BoundedMap } from "./bounded_map.ts";
import type { RequestFields } from "./conditional.ts";
import type { SafePath } from "./safe_path.ts";

const PRINTABLE = /^[\t\x20-\x7e\x80-\xff]*$/;
const MAX_FIELD_LENGTH = 1024;
const verdicts = new BoundedMap<boolean>(256, 256);

/** Whether the path has no extension and the client takes HTML. */
export function isPageRequest({ relative }: SafePath, fields: RequestFields): boolean {
  const name = relative.slice(relative.lastIndexOf("/") + 1);
  return !name.includes(".") && takesHtml(fields["accept"]);
}

/** RFC 9110 12.5.1: who says nothing takes everything. */
function takesHtml(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === "") return true;
  if (accept.length > MAX_FIELD_LENGTH || !PRINTABLE.test(accept)) return false;
  return verdicts.get(accept, (it) => {
    const headers = new Headers({ accept: it.toLowerCase() });
    return accepts({ headers } as Request, "text/html") === "text/html";
  });
}
