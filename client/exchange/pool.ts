// The connections of a client: kept while idle, newest first, and counted, for each origin and in all.
// Whoever must wait for one waits in order, and gets either a connection or the right to make one.

import { TimeoutError } from "../../wire/errors.ts";
import { Deadline } from "../../wire/deadline.ts";
import type { Control } from "./control.ts";
import { type ConnectionOwner, HttpConnection } from "./connection.ts";
import type { PoolSettings } from "../settings.ts";
import type { Transport } from "../dial/transport.ts";

/** How many connections there are. */
export interface PoolStats {
  /** Connections open now. */
  readonly connections: number;
  /** Of these, idle. */
  readonly idle: number;
  /** Requests that wait for one. */
  readonly queued: number;
  /** Connections made so far. */
  readonly opened: number;
}

/** The connections with one key. */
interface Origin {
  readonly idle: HttpConnection[];
  /** Connections and those being made. */
  count: number;
  readonly waiters: Waiter[];
}

/** Called with a connection, or with undefined: it may make one. */
type Waiter = (connection: HttpConnection | undefined) => void;

/** The connections of one client. */
export class Pool implements ConnectionOwner {
  readonly #settings: PoolSettings;
  readonly #origins = new Map<string, Origin>();
  readonly #all = new Set<HttpConnection>();
  /** Connections and those being made. */
  #count = 0;
  #opened = 0;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  /** How many connections there are. */
  stats(): PoolStats {
    let idle = 0;
    let queued = 0;
    for (const origin of this.#origins.values()) {
      idle += origin.idle.length;
      queued += origin.waiters.length;
    }
    return { connections: this.#all.size, idle, queued, opened: this.#opened };
  }

  /** The idle connection that was used last, if there is one. */
  tryTake(key: string): HttpConnection | undefined {
    return this.#origins.get(key)?.idle.pop();
  }

  /**
   * Waits for a connection, or for the right to make one: then the result is undefined, and `adopt` or
   * `forgo` must follow.
   */
  async acquire(key: string, control: Control): Promise<HttpConnection | undefined> {
    const idle = this.tryTake(key);
    if (idle !== undefined) return idle;
    const origin = this.#origin(key);
    if (this.#mayAdd(origin)) {
      this.#claim(origin);
      return undefined;
    }
    return await this.#wait(key, origin, control);
  }

  #origin(key: string): Origin {
    let origin = this.#origins.get(key);
    if (origin === undefined) {
      origin = { idle: [], count: 0, waiters: [] };
      this.#origins.set(key, origin);
    }
    return origin;
  }

  /** Whether one more connection is allowed; an idle one of another origin makes room for it. */
  #mayAdd(origin: Origin): boolean {
    if (origin.count >= this.#settings.maxPerOrigin) return false;
    if (this.#count < this.#settings.maxConnections) return true;
    for (const other of this.#origins.values()) {
      const oldest = other.idle[0];
      if (oldest !== undefined) {
        oldest.close();
        return this.#count < this.#settings.maxConnections;
      }
    }
    return false;
  }

  #claim(origin: Origin): void {
    origin.count++;
    this.#count++;
  }

  #wait(key: string, origin: Origin, control: Control): Promise<HttpConnection | undefined> {
    return new Promise((resolve, reject) => {
      const { queueTimeoutMs } = this.#settings;
      const deadline = new Deadline(() => {
        leave(new TimeoutError("queue", queueTimeoutMs, "queueTimeout"));
      });
      const waiter: Waiter = (connection) => {
        deadline.remove();
        control.onFail = undefined;
        resolve(connection);
      };
      const leave = (reason: unknown): void => {
        deadline.remove();
        control.onFail = undefined;
        const at = origin.waiters.indexOf(waiter);
        if (at >= 0) origin.waiters.splice(at, 1);
        this.#tidy(key, origin);
        reject(reason);
      };
      deadline.arm(queueTimeoutMs);
      origin.waiters.push(waiter);
      control.onFail = () => leave(control.failure);
    });
  }

  /** Makes a connection of what was dialed with the right that `acquire` gave. */
  adopt(key: string, transport: Transport): HttpConnection {
    const connection = new HttpConnection(transport, key, this);
    this.#all.add(connection);
    this.#opened++;
    return connection;
  }

  /** Gives that right back. */
  forgo(key: string): void {
    this.#release(key);
  }

  /** Takes back a connection that may be used again. */
  release(connection: HttpConnection, idleMs: number): void {
    connection.releasedAt = performance.now();
    const origin = this.#origin(connection.key);
    const waiter = origin.waiters.shift();
    if (waiter !== undefined) return waiter(connection);
    origin.idle.push(connection);
    connection.park(idleMs);
    // Somebody may wait for room rather than for this origin.
    if (this.#count >= this.#settings.maxConnections) this.#serveWaiters();
  }

  /** A connection has closed, or was given away. */
  closed(connection: HttpConnection): void {
    if (!this.#all.delete(connection)) return;
    const origin = this.#origins.get(connection.key);
    const at = origin?.idle.indexOf(connection) ?? -1;
    if (at >= 0) origin!.idle.splice(at, 1);
    this.#release(connection.key);
  }

  #release(key: string): void {
    const origin = this.#origin(key);
    origin.count--;
    this.#count--;
    this.#serveWaiters();
    this.#tidy(key, origin);
  }

  /** Lets those who wait make connections, as far as there is room now. */
  #serveWaiters(): void {
    for (const origin of this.#origins.values()) {
      while (origin.waiters.length > 0 && this.#mayAdd(origin)) {
        this.#claim(origin);
        origin.waiters.shift()!(undefined);
      }
    }
  }

  #tidy(key: string, origin: Origin): void {
    if (origin.count === 0 && origin.waiters.length === 0) this.#origins.delete(key);
  }

  /** Closes the idle connections with a key. */
  closeIdle(key: string): void {
    for (const connection of [...this.#origins.get(key)?.idle ?? []]) connection.close();
  }

  /** Closes all idle connections. */
  closeAllIdle(): void {
    for (const key of [...this.#origins.keys()]) this.closeIdle(key);
  }

  /** Closes all connections. */
  close(): void {
    for (const connection of this.#all) connection.close();
  }
}
