// A connection for a request: one that is kept, or a new one, within the limits of the pool and the time that
// the way to the server may take.

import { Deadline } from "../../wire/deadline.ts";
import { ConnectError, TimeoutError } from "../../wire/errors.ts";
import type { HttpConnection } from "./connection.ts";
import type { Control } from "./control.ts";
import { dial } from "../dial/dial.ts";
import { dialedAddress } from "../dial/dialed_address.ts";
import { socketsAsked } from "./event_loop.ts";
import type { AllowAddress } from "../dial/path_settings.ts";
import type { Pool } from "./pool.ts";
import type { Settings } from "../settings.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Target } from "../target.ts";

/** What a connection is wanted for. */
export interface ConnectRequest {
  readonly target: Target;
  readonly settings: Settings;
  readonly control: Control;
  readonly stopwatch: Stopwatch;
}

/** More than it takes to look at the sockets. */
const LOOK_MS = 1000;

/** Origin and path: what requests must have in common to share connections. */
export function connectionKey(target: Target, settings: Settings): string {
  return settings.pathKey === "" ? target.origin : `${target.origin} ${settings.pathKey}`;
}

/** A kept connection, where there is one that nobody has to be asked about. */
export function tryKept(pool: Pool, request: ConnectRequest): HttpConnection | undefined {
  const { target, settings, control } = request;
  if (settings.path.allowAddress !== undefined || control.failed) return undefined;
  return pool.tryTake(connectionKey(target, settings));
}

/**
 * A connection for a request that must not be sent twice. Where it is in doubt whether the server still has
 * the kept one, what has arrived from there is looked at once more.
 */
export async function connectSurely(
  pool: Pool,
  request: ConnectRequest,
): Promise<HttpConnection> {
  const { control } = request;
  for (;;) {
    const connection = tryKept(pool, request) ?? await connect(pool, request, false);
    if (!connection.isDoubtful) return connection;
    // One that another request handed on was not idle, and nothing was read from it since.
    if (connection.state === "busy") connection.park(LOOK_MS);
    await socketsAsked(() => connection.state !== "idle" || control.failed);
    if (control.failed) connection.close();
    control.check();
    if (connection.state === "idle") return connection;
  }
}

/** A kept connection; a new one where there is none, or where `isFresh` asks for one. */
export async function connect(
  pool: Pool,
  request: ConnectRequest,
  isFresh: boolean,
): Promise<HttpConnection> {
  const { target, settings, control } = request;
  const key = connectionKey(target, settings);
  control.phase = "queue";
  // A connection that should have been alive was not: its neighbours are as old.
  if (isFresh) pool.closeIdle(key);
  const kept = await pool.acquire(key, control);
  if (kept !== undefined) {
    if (control.failed) kept.close();
    control.check();
    await checkAgain(kept, settings.path.allowAddress, request);
    return kept;
  }
  try {
    control.check();
    const transport = await dialInTime(request);
    return pool.adopt(key, transport);
  } catch (error) {
    pool.forgo(key);
    throw error;
  }
}

async function dialInTime({ target, settings, control, stopwatch }: ConnectRequest) {
  const { connectTimeoutMs, path } = settings;
  // Its own end: another attempt may follow.
  const attempt = new AbortController();
  const deadline = new Deadline(() => {
    attempt.abort(new TimeoutError(control.phase, connectTimeoutMs, "connectTimeout"));
  });
  deadline.arm(connectTimeoutMs);
  control.onFail = () => attempt.abort(control.failure);
  try {
    const transport = await dial(target, path, {
      signal: attempt.signal,
      phase(name) {
        control.phase = name;
        stopwatch.enter(name);
      },
    });
    if (attempt.signal.aborted) {
      transport.close();
      throw attempt.signal.reason;
    }
    return transport;
  } finally {
    stopwatch.enter(undefined);
    deadline.remove();
    control.onFail = undefined;
  }
}

/** The guard is asked about each request, not about each connection. */
async function checkAgain(
  connection: HttpConnection,
  allowAddress: AllowAddress | undefined,
  { target, control }: ConnectRequest,
): Promise<void> {
  const remoteAddr = dialedAddress(connection.transport);
  if (allowAddress === undefined || !("hostname" in remoteAddr)) return;
  try {
    if (
      await control.race(
        Promise.resolve(allowAddress(remoteAddr.hostname, remoteAddr.port, target.url)),
      )
    ) {
      return;
    }
  } catch (error) {
    connection.close();
    throw error;
  }
  connection.close();
  throw new ConnectError(
    "connect",
    `Cannot connect to ${target.authority}: "allowAddress" refuses ${remoteAddr.hostname}`,
  );
}
