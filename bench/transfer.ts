/**
 * Moves one big body over and over, each time on a fresh connection, by code that does as little as possible: curl and
 * fetch would themselves be what is measured.
 */

const MAX_TRANSFERS = 1000;
const TRANSFER_DEADLINE_MS = 30_000;

/** What came of a run of transfers. */
export interface TransferReport {
  transfers: number;
  bytes: number;
  /** From connecting to the last byte, of all transfers together. */
  seconds: number;
}

/** What to move, from or to where, and how long. */
export interface TransferRun {
  port: number;
  target: string;
  bodyBytes: number;
  seconds: number;
  signal: AbortSignal;
}

/** Makes transfers until `seconds` have passed, at least one. */
export async function runTransfers(
  run: TransferRun,
  transfer: () => Promise<void>,
): Promise<TransferReport> {
  let transfers = 0;
  let elapsedMs = 0;
  while (transfers === 0 || (elapsedMs < run.seconds * 1000 && transfers < MAX_TRANSFERS)) {
    const startMs = performance.now();
    await transfer();
    elapsedMs += performance.now() - startMs;
    transfers++;
  }
  return { transfers, bytes: transfers * run.bodyBytes, seconds: elapsedMs / 1000 };
}

/** One exchange on a connection of its own, which is closed when it takes too long; `action` names it in errors. */
export async function exchangeOnce<T>(
  run: Omit<TransferRun, "seconds">,
  action: string,
  exchange: (conn: Deno.TcpConn) => Promise<T>,
): Promise<T> {
  run.signal.throwIfAborted();
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: run.port });
  const limit = AbortSignal.any([run.signal, AbortSignal.timeout(TRANSFER_DEADLINE_MS)]);
  const hangUp = () => conn.close();
  limit.addEventListener("abort", hangUp, { once: true });
  try {
    return await exchange(conn);
  } catch (error) {
    limit.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot ${action} "${run.target}": ${reason}`, { cause: error });
  } finally {
    limit.removeEventListener("abort", hangUp);
  }
}
