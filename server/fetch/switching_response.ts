// A response of status 101 in Fetch's terms: the Response constructor refuses that status.

import { type Connection, partsOf } from "../connection.ts";
import type { ServerRequest } from "../request.ts";
import { checkTakeOver, type UpgradedConn } from "../take_over.ts";

/** Who takes a connection over. */
export interface Taker {
  /** The head was sent, and the connection is theirs. */
  take(upgraded: UpgradedConn): void;
  /** It will not come to that. */
  fail(error: unknown): void;
}

/** A Response that, when a handler returns it, takes the connection out of HTTP (RFC 9110 7.8). */
export class SwitchingResponse extends Response {
  /** Who takes it over. */
  readonly taker: Taker;

  /** `headers` are sent with the 101; `Connection: upgrade` is added to them. */
  constructor(headers: HeadersInit, taker: Taker) {
    super(null, { headers });
    this.taker = taker;
  }

  override get status(): number {
    return 101;
  }

  override get ok(): boolean {
    return false;
  }

  override get statusText(): string {
    return "Switching Protocols";
  }

  override clone(): SwitchingResponse {
    return new SwitchingResponse(this.headers, this.taker);
  }
}

/** Sends a 101 with these fields and takes the connection over. Where that cannot be, the response is as it was. */
export async function switchTo(
  con: Connection,
  req: ServerRequest,
  headers: Headers,
): Promise<UpgradedConn> {
  const { response, body } = partsOf(con);
  if (response.unsent && body.done) {
    checkTakeOver(req, headers);
    headers.forEach((value, name) => {
      if (name !== "connection") con.appendHeader(name, value);
    });
  }
  return await con.upgrade();
}
