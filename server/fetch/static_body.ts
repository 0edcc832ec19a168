// The body of a Response that is text or bytes in memory, taken without a detour over streams and promises.
// The standard has no way to ask for that, but the runtime keeps it in properties that can be seen. Whether
// they mean what is expected is tried out once; where they do not, every body is read as a stream.

import { encodeText } from "../../wire/body_writer.ts";
import { ownSymbol } from "../../wire/own_symbol.ts";

/** The properties, by their names. */
interface Places {
  /** The inner response. */
  readonly inner: symbol;
  /** Text that the Response was made of, until somebody looks at its fields or its body. */
  readonly text: symbol;
  /** The media type that goes with it; null: that of text. */
  readonly type: symbol;
  /** Whether that text was used. */
  readonly used: symbol;
}

/** What the runtime keeps of a body. */
interface InnerBody {
  readonly streamOrStatic: ReadableStream | { readonly body?: unknown; consumed?: boolean };
  /** What the body was made of. */
  readonly source: unknown;
  readonly length: number | null;
}

interface InnerResponse {
  readonly body: InnerBody | null | undefined;
  /** Whether the body came coded and was decoded, so that fields which speak of the coding no longer hold. */
  readonly bodyDecoded?: boolean;
}

type Inside = Record<symbol, unknown>;

const TEXT_TYPE = "text/plain;charset=UTF-8";
const places = findPlaces();

/** Whether bodies in memory can be seen at all. */
export const seesBodies: boolean = places !== undefined && isTrue(places);

/**
 * The media type of a Response with status 200 that is nothing but text, as most are, and that nobody has looked
 * into; then `takePlainText` gives the text.
 */
export function plainTextType(response: Response): string | undefined {
  // A class of the application's own may have another status or more fields.
  if (!seesBodies || response.constructor !== Response) return undefined;
  const inside = response as unknown as Inside;
  if (typeof inside[places!.text] !== "string" || inside[places!.used] === true) return undefined;
  return (inside[places!.type] as string | null) ?? TEXT_TYPE;
}

/** Its text; the Response is used then. */
export function takePlainText(response: Response): string {
  const inside = response as unknown as Inside;
  inside[places!.used] = true;
  return inside[places!.text] as string;
}

/** The body of a Response, if it is in memory and was not used; the Response is used then. Nobody changes bytes of it. */
export function takeStaticBody(response: Response): string | Uint8Array<ArrayBuffer> | undefined {
  const inner = bodyOf(response);
  if (inner === undefined || inner === null) return undefined;
  const { streamOrStatic: kept, source } = inner;
  if (kept instanceof ReadableStream) {
    // Somebody has looked at it, as a stream, and left it as it was.
    if (!isStatic(source) || response.bodyUsed || kept.locked) return undefined;
    kept.cancel();
    return source;
  }
  if (kept.consumed !== false || !isStatic(kept.body)) return undefined;
  kept.consumed = true;
  return kept.body;
}

function isStatic(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === "string" || body instanceof Uint8Array;
}

/** Whether a Response is that of a `fetch` that decoded its body, but left the fields that it came with. */
export function isDecoded(response: Response): boolean {
  if (!seesBodies) return false;
  const inner = (response as unknown as Inside)[places!.inner] as InnerResponse | undefined;
  return inner?.bodyDecoded === true;
}

/** The length of a body that is a stream, where the runtime knows it: of a Blob or a form. */
export function lengthOfStream(response: Response): number | undefined {
  const length = bodyOf(response)?.length;
  return typeof length === "number" ? length : undefined;
}

/** The length of a body in bytes, where the runtime knows it or has the body in memory; the body stays as it is. */
export function lengthOfBody(response: Response): number | undefined {
  const text = plainTextType(response) === undefined
    ? undefined
    : (response as unknown as Inside)[places!.text];
  const inner = bodyOf(response);
  const known = text ?? inner?.source;
  return isStatic(known) ? lengthInBytes(known) : lengthOfStream(response);
}

/** The length of text or bytes as they are sent. */
export function lengthInBytes(body: string | Uint8Array): number {
  return typeof body === "string" ? encodeText(body).length : body.length;
}

function bodyOf(response: Response): InnerBody | null | undefined {
  if (!seesBodies || (response as unknown as Inside)[places!.used] === true) return undefined;
  return ((response as unknown as Inside)[places!.inner] as InnerResponse | undefined)?.body;
}

function findPlaces(): Places | undefined {
  const response = new Response("");
  const inner = ownSymbol(response, "response");
  const text = ownSymbol(response, "lazy static body");
  const type = ownSymbol(response, "lazy static content type");
  const used = ownSymbol(response, "serve fast consumed");
  if (inner === undefined || text === undefined || type === undefined || used === undefined) {
    return undefined;
  }
  return { inner, text, type, used };
}

/** Whether the properties say what the standard's own members say. */
function isTrue({ inner, text, type, used }: Places): boolean {
  try {
    const plain = new Response("é") as unknown as Inside & Response;
    const json = Response.json(1) as unknown as Inside & Response;
    const looked = new Response("a") as unknown as Inside & Response;
    looked.headers.set("x", "y");
    const seen = plain[text] === "é" && plain[type] === null && plain[used] === false &&
      json[text] === "1" && json[type] === "application/json" && looked[text] === null;
    plain[used] = true;
    if (!seen || !plain.bodyUsed || plain.headers.get("content-type") !== TEXT_TYPE) return false;
    const both = [new Response("a", { status: 201 }), new Response(Uint8Array.of(97))];
    return both.every((response) => {
      const { body } = (response as unknown as Inside)[inner] as InnerResponse;
      const kept = body!.streamOrStatic as { body: unknown; consumed: boolean };
      const isThere = kept.consumed === false &&
        (kept.body === "a" || (kept.body instanceof Uint8Array && kept.body[0] === 97));
      kept.consumed = true;
      return isThere && response.bodyUsed;
    });
  } catch {
    return false;
  }
}
