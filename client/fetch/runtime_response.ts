// What the runtime keeps of a Response: plain properties of the object, under symbols of its own. They are set
// directly, since the constructor checks anew, name by name, what has been checked here, and prepares an answer for
// the runtime's server, which takes twenty times as long as all the rest. What the runtime does with such a Response
// is then right for every function of its own, too. Where it keeps it otherwise, there is nothing here: `RUNTIME`
// is undefined, and the constructor has to do.

import type { RawHeader } from "../../wire/headers.ts";
import { ownSymbol } from "../../wire/own_symbol.ts";

/** The head of a Response. */
export interface RuntimeHead {
  readonly status: number;
  readonly statusText: string;
  /** Valid fields; whoever has them leaves them as they are. */
  readonly fields: readonly RawHeader[];
  /** All URLs, that of the response last. */
  readonly urls: string[];
  /** Whether fields that say how the body was coded, and how long it was, no longer hold. */
  readonly isDecoded: boolean;
}

/** The runtime's own head of a Response, as far as it is set here. */
interface InnerResponse {
  type: string;
  status: number;
  statusMessage: string;
  headerList: readonly RawHeader[];
  urlList: string[];
  bodyDecoded: boolean;
  body: unknown;
}

type Innards = Record<symbol, unknown>;

/** The runtime's way to keep a Response. */
export class Runtime {
  readonly #inner: symbol;
  readonly #headers: symbol;
  readonly #guard: symbol;
  readonly #lazyBody: symbol;
  readonly #consumed: symbol;

  /** Throws when the runtime keeps it otherwise. */
  constructor() {
    const response = new Response();
    const find = (name: string): symbol => {
      const found = ownSymbol(response, name);
      if (found === undefined) throw new Error(`Cannot find "${name}" in a Response`);
      return found;
    };
    this.#inner = find("response");
    this.#headers = find("headers");
    this.#guard = find("headers guard");
    this.#lazyBody = find("lazy static body");
    this.#consumed = find("serve fast consumed");
    this.#verify(response);
  }

  /** Makes a new Response without a body that of a server. */
  fill(response: Response, head: RuntimeHead): void {
    const innards = response as unknown as Innards;
    const inner = innards[this.#inner] as InnerResponse;
    inner.type = "basic";
    inner.status = head.status;
    inner.statusMessage = head.statusText;
    inner.headerList = head.fields;
    inner.urlList = head.urls;
    inner.bodyDecoded = head.isDecoded;
    innards[this.#guard] = "immutable";
  }

  /** Gives a Response without a body one that nobody has read, of which the runtime makes what it needs. */
  putBody(response: Response, body: Uint8Array<ArrayBuffer> | ReadableStream): void {
    (response as unknown as Innards)[this.#lazyBody] = body;
  }

  /** Whether nobody has touched that body yet. */
  hasUntouched(response: Response, body: Uint8Array<ArrayBuffer>): boolean {
    const innards = response as unknown as Innards;
    return innards[this.#lazyBody] === body && innards[this.#consumed] === false;
  }

  /** That body was read: it is used up. */
  consume(response: Response): void {
    (response as unknown as Innards)[this.#consumed] = true;
  }

  /** The headers, immutable. A body that nobody has touched is left like that. */
  headersOf(response: Response): Headers {
    const innards = response as unknown as Innards;
    const known = innards[this.#headers];
    if (known !== null) return known as Headers;
    const body = innards[this.#lazyBody];
    innards[this.#lazyBody] = null;
    const headers = runtimeHeaders.call(response);
    innards[this.#lazyBody] = body;
    return headers;
  }

  /** Throws unless a Response that was made here is what the runtime takes it for. */
  #verify(response: Response): void {
    const innards = response as unknown as Innards;
    const { headerList, urlList, status, bodyDecoded, body } = innards[
      this.#inner
    ] as InnerResponse;
    const isUsual = Array.isArray(headerList) && Array.isArray(urlList) && status === 200 &&
      bodyDecoded === false && body === null && innards[this.#headers] === null &&
      innards[this.#lazyBody] === null && innards[this.#consumed] === false;
    const bytes = new Uint8Array([65]);
    this.fill(response, {
      status: 404,
      statusText: "No",
      fields: [["A", "b"]],
      urls: ["a:a", "b:b"],
      isDecoded: false,
    });
    this.putBody(response, bytes);
    const headers = this.headersOf(response);
    const isRight = isUsual && response.status === 404 && response.statusText === "No" &&
      response.type === "basic" && response.url === "b:b" && response.redirected &&
      headers === response.headers && headers.get("a") === "b" && isImmutable(headers) &&
      !response.bodyUsed && response.body !== null && !response.body.locked;
    const used = new Response();
    this.putBody(used, bytes);
    const wasUntouched = this.hasUntouched(used, bytes);
    this.consume(used);
    const isUsedUp = wasUntouched && !this.hasUntouched(used, bytes) && used.bodyUsed;
    if (!isRight || !isUsedUp) throw new Error("Cannot make a Response of the runtime's");
  }
}

const runtimeHeaders = Object.getOwnPropertyDescriptor(Response.prototype, "headers")!
  .get! as (this: Response) => Headers;

function isImmutable(headers: Headers): boolean {
  try {
    headers.append("a", "c");
    return false;
  } catch {
    return headers.get("a") === "b";
  }
}

/** The way of this runtime, where it is the one that is known here. */
export const RUNTIME: Runtime | undefined = findRuntime();

function findRuntime(): Runtime | undefined {
  try {
    return new Runtime();
  } catch {
    return undefined;
  }
}
