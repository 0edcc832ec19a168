// One request and its response in Fetch's terms: what the Request, the info and the sending of the Response
// share. Made for every request, so it holds only what was used.

import type { HttpError } from "../../wire/errors.ts";
import type { Channel } from "../channel.ts";
import { type Connection, partsOf } from "../connection.ts";
import type { ServerRequest } from "../request.ts";
import type { RequestBody } from "../request_body.ts";
import { ClientWatch } from "./client_watch.ts";
import type { SwitchingResponse } from "./switching_response.ts";
import type { TrailerSource } from "./trailers.ts";

/** One exchange. */
export class FetchExchange {
  /** What to answer with. */
  readonly con: Connection;
  /** What is asked for. */
  readonly req: ServerRequest;
  /** The URL of the request, once it was asked for. */
  url: string | undefined;
  /** The fields of the request, once they were asked for. */
  headers: Headers | undefined;
  /** Whether the body of the request was read, other than through the real Request. */
  bodyUsed = false;
  /** The real Request, once something needs it. */
  real: Request | undefined;
  /** The fields to send behind the body. */
  trailers: TrailerSource | undefined;
  /** The response that the handler means to switch protocols with. */
  switching: SwitchingResponse | undefined;
  /** Whether the handler took the connection over: what it returns is ignored. */
  isTaken = false;
  #watch: ClientWatch | undefined;
  #abort: AbortController | undefined;

  constructor(con: Connection, req: ServerRequest) {
    this.con = con;
    this.req = req;
  }

  /** The connection below. */
  get channel(): Channel {
    return partsOf(this.con).channel;
  }

  /** The body of the request. */
  get body(): RequestBody {
    return partsOf(this.con).body;
  }

  /** Who tells that the client left. */
  get watch(): ClientWatch {
    const { channel, body, response } = partsOf(this.con);
    return this.#watch ??= new ClientWatch(channel, body, response);
  }

  /** Aborts when the client leaves or the server shuts down, before the response was sent. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = this.#abort = new AbortController();
      this.watch.onLeave(({ message }: HttpError) => abort.abort(abortError(message)));
      this.watch.onShutdown(() => abort.abort(abortError("The server is shutting down")));
    }
    return this.#abort.signal;
  }

  /** Tells who was to have the connection that another Response is sent. */
  dropSwitching(): void {
    this.switching?.taker.fail(
      new TypeError("Cannot switch protocols: the handler returned another Response"),
    );
  }

  /** Whether an error is the reason with which the signal aborted. */
  isAbort(error: unknown): boolean {
    const signal = this.#abort?.signal;
    return signal?.aborted === true && signal.reason === error;
  }
}

function abortError(message: string): DOMException {
  return new DOMException(message, "AbortError");
}
