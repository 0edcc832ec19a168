// A connection for a request: one that is kept, or a new one, within the limits of the pool and the time that
// the way to the server may take.

import { Deadline } from "../../wire/deadline.ts";
import { TimeoutError } from "../../wire/errors.ts";
import type { HttpConnection } from "./connection.ts";
import type { Control } from "./control.ts";
import { allowedAddresses } from "../dial/address_guard.ts";
import { dial } from "../dial/dial.ts";
import { dialedAddress } from "../dial/dialed_address.ts";
import { socketsAsked } from "./event_loop.ts";
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

/** The idle deadline while a connection is checked: far more than `socketsAsked` takes. */
const LOOK_MS = 1000;

/** Origin and route: what requests must have in common to share connections. */
export function connectionKey(target: Target, settings: Settings): string {
  return settings.routeKey === "" ? target.origin : `${target.origin} ${settings.routeKey}`;
}

/** A kept connection, where there is one that nobody has to be asked about. */
export function tryKept(pool: Pool, request: ConnectRequest): HttpConnection | undefined {
  const { target, settings, control } = request;
  if (settings.route.allowAddress !== undefined || control.failed) return undefined;
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
    const connection = tryKept(pool, request) ?? await connect(pool, request);
    if (connection.uses === 0) return connection;
    // One that another request handed on was not idle, and nothing was read from it since.
    if (connection.state === "busy") connection.park(LOOK_MS);
    else if (!connection.isDoubtful) return connection;
    await socketsAsked(() => connection.state !== "idle" || control.failed);
    if (control.failed) connection.close();
    control.check();
    if (connection.state === "idle") return connection;
  }
}

/** A kept connection, or a new one where there is none. */
export async function connect(pool: Pool, request: ConnectRequest): Promise<HttpConnection> {
  const { target, settings, control } = request;
  const key = connectionKey(target, settings);
  control.phase = "queue";
  const kept = await pool.acquire(key, control);
  try {
    control.check();
    if (kept === undefined) {
      return pool.adopt(
        key,
        await inTime(request, (signal) => dialNew(request, signal)),
      );
    }
    if (settings.route.allowAddress !== undefined) {
      await inTime(request, (signal) => askGuard(kept, request, signal));
    }
    return kept;
  } catch (error) {
    if (kept === undefined) pool.forgo(key);
    else kept.close();
    throw error;
  }
}

/** Closes the idle connections that a request could use: one like them was dead, and they are as old. */
export function dropKept(pool: Pool, { target, settings }: ConnectRequest): void {
  pool.closeIdle(connectionKey(target, settings));
}

/** Does something on the way to a connection, within the time that the whole way may take. */
async function inTime<T>(
  { settings: { connectTimeoutMs }, control }: ConnectRequest,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  control.phase = "connect"; // until the way says more
  // Ends this attempt and not the request, which may make another.
  const attempt = new AbortController();
  const deadline = new Deadline(() => {
    attempt.abort(new TimeoutError(control.phase, connectTimeoutMs, "connectTimeout"));
  });
  deadline.arm(connectTimeoutMs);
  control.onFail = () => attempt.abort(control.failure);
  try {
    return await work(attempt.signal);
  } finally {
    deadline.remove();
    control.onFail = undefined;
  }
}

async function dialNew(
  { target, settings, control, stopwatch }: ConnectRequest,
  signal: AbortSignal,
) {
  try {
    const transport = await dial(target, settings.route, {
      signal,
      phase(name) {
        control.phase = name;
        stopwatch.enter(name);
      },
    });
    if (!signal.aborted) return transport;
    transport.close();
    throw signal.reason;
  } finally {
    stopwatch.enter(undefined);
  }
}

/** The guard is asked about each request, not about each connection. */
async function askGuard(
  { transport }: HttpConnection,
  { target, settings }: ConnectRequest,
  signal: AbortSignal,
): Promise<void> {
  const dialed = dialedAddress(transport);
  const { allowAddress } = settings.route;
  if (!("hostname" in dialed)) return;
  const question = { host: target.host, port: dialed.port, url: target.url };
  await allowedAddresses([dialed.hostname], allowAddress, question, signal);
}
