// Signals and deadlines: wherever a request stands, it ends at once, says why, and leaves nothing open.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type Client, type RequestOptions, TimeoutError } from "../../../client/mod.ts";
import { answer, type Peer, type PeerConn } from "./peer.ts";
import { failureOf, httpErrorOf, textOf, until, withClient, within, withPeer } from "./support.ts";
import { countDescriptors } from "../../open_descriptors.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
const PIECE = new Uint8Array(65536);

/** A stream that gives `pieces` pieces and then nothing more, without an end. */
function stalling(pieces: number): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pieces-- > 0) controller.enqueue(PIECE);
    },
  }, { highWaterMark: 0 });
}

/** A full backlog: connecting to it takes as long as one lets it. */
class FullBacklog implements AsyncDisposable {
  readonly port: number;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  readonly #conns: Promise<Deno.Conn | undefined>[] = [];
  readonly #given = new AbortController();

  private constructor() {
    this.port = (this.#listener.addr as Deno.NetAddr).port;
  }

  static async fill(): Promise<FullBacklog> {
    const backlog = new FullBacklog();
    for (let i = 0; i < 8; i++) {
      const { port } = backlog;
      const { signal } = backlog.#given;
      backlog.#conns.push(
        Deno.connect({ hostname: "127.0.0.1", port, signal }).catch(() => undefined),
      );
    }
    await Promise.race(backlog.#conns);
    return backlog;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#given.abort();
    for (const conn of await Promise.all(this.#conns)) conn?.close();
    this.#listener.close();
  }
}

interface Stage {
  name: string;
  script?: (conn: PeerConn) => Promise<void>;
  method?: string;
  body?: () => ReadableStream<Uint8Array>;
  options?: RequestOptions;
  /** Whether the request has come that far. */
  reached: (peer: Peer, client: Client) => boolean;
}

const unanswered = async (conn: PeerConn): Promise<void> => {
  await conn.readRequest();
  await conn.readToEnd();
};

const STAGES: Stage[] = [
  {
    name: "while it waits for the head",
    script: unanswered,
    reached: (peer) => peer.executed.length === 1,
  },
  {
    name: "within the head",
    async script(conn) {
      await conn.readRequest();
      await conn.send(HEAD.slice(0, 20));
      await conn.readToEnd();
    },
    reached: (peer) => peer.executed.length === 1,
  },
  {
    name: "within the body",
    async script(conn) {
      await conn.readRequest();
      await conn.send(`${HEAD}12345`);
      await conn.readToEnd();
    },
    reached: (peer) => peer.executed.length === 1,
  },
  {
    name: "in an upload whose source waits",
    method: "POST",
    body: () => stalling(1),
    script: async (conn) => void await conn.readToEnd(),
    reached: (peer) => peer.received.length > PIECE.length,
  },
  {
    name: "in an upload that the server does not read",
    method: "POST",
    body: () => stalling(Infinity),
    script: async (conn) => {
      await conn.readBytes(10);
      await conn.released.wait();
    },
    reached: (peer) => peer.received.length === 10,
  },
  {
    name: "while it waits for 100 Continue",
    method: "POST",
    body: () => stalling(1),
    options: { expectContinue: true },
    script: async (conn) => void await conn.readToEnd(),
    reached: (peer) => peer.received.includes("\r\n\r\n"),
  },
  {
    name: "between two attempts",
    script: (conn) =>
      conn.serve(() => answer("", "Retry-After: 30\r\n", "503 Service Unavailable")),
    options: { retry: true },
    reached: (peer, client) => peer.executed.length === 1 && client.stats().idle === 1,
  },
  {
    name: "while a piece of the body is being taken",
    script: (conn) => conn.serve(() => answer("body")),
    options: { bodyToFile: () => new Promise(() => {}) },
    reached: (peer) => peer.executed.length === 1,
  },
];

/** A request that comes as far as that. */
function begin(
  { method = "GET", body, options }: Stage,
  peer: Peer,
  client: Client,
  more: RequestOptions,
): Promise<unknown> {
  return client.request(method, peer.url(), body?.(), { ...options, ...more });
}

for (const stage of STAGES) {
  Deno.test(`A signal ends a request ${stage.name}, with its reason`, async () => {
    await withPeer(stage.script!, async (peer, client) => {
      const abort = new AbortController();
      const reason = new Error("not needed any more");
      const failure = failureOf(begin(stage, peer, client, { signal: abort.signal }));
      await until("it has come that far", () => stage.reached(peer, client));
      abort.abort(reason);
      assertEquals(await failure, reason);
      assertEquals(client.stats().active, 0);
      peer.conns[0]!.released.happen();
    });
  });
}

/** Plays all of them at once, since they only wait; says which ones failed. */
async function playAll<T>(
  rows: readonly T[],
  name: (row: T) => string,
  play: (row: T) => Promise<void>,
) {
  const failures: string[] = [];
  await Promise.all(rows.map(async (row) => {
    try {
      await play(row);
    } catch (error) {
      failures.push(`${name(row)}: ${(error as Error).stack}`);
    }
  }));
  assertEquals(failures, []);
}

Deno.test("timeout ends a request wherever it stands, and is named", async () => {
  await playAll(
    STAGES,
    ({ name }) => name,
    (stage) =>
      withPeer(stage.script!, async (peer, client) => {
        const start = performance.now();
        const error = await httpErrorOf(begin(stage, peer, client, { timeout: 0.2 }), "timeout");
        assertInstanceOf(error, TimeoutError);
        assertEquals(error.limit, "timeout");
        assert(performance.now() - start >= 200, "it came early");
        assert(error.message.includes('more than 0.2 s allowed by "timeout"'), error.message);
        peer.conns[0]?.released.happen();
      }),
  );
});

Deno.test("A signal that was aborted before ends a request before anything is dialed", async () => {
  await withPeer(unanswered, async (peer, client) => {
    const reason = new Error("never");
    assertEquals(
      await failureOf(client.get(peer.url(), { signal: AbortSignal.abort(reason) })),
      reason,
    );
    assertEquals(peer.conns.length, 0);
  });
});

Deno.test("A signal ends the wait for a connection", async () => {
  await withPeer(unanswered, async (peer, client) => {
    const abort = new AbortController();
    const first = failureOf(client.get(peer.url(), { signal: abort.signal }));
    const second = failureOf(client.get(peer.url(), { signal: abort.signal }));
    await until("one waits", () => client.stats().queued === 1);
    abort.abort(new Error("enough"));
    assertEquals([await first, await second].map((error) => (error as Error).message), [
      "enough",
      "enough",
    ]);
    assertEquals(client.stats().queued, 0);
  }, { maxPerOrigin: 1 });
});

Deno.test({
  name: "connectTimeout and a signal end connecting",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using backlog = await FullBacklog.fill();
    const url = `http://127.0.0.1:${backlog.port}/`;
    await withClient({}, async (client) => {
      const error = await httpErrorOf(client.post(url, "x", { connectTimeout: 0.1 }), "timeout");
      assertInstanceOf(error, TimeoutError);
      assertEquals([error.limit, error.phase, error.safeToRetry], [
        "connectTimeout",
        "connect",
        true,
      ]);
      const abort = new AbortController();
      const failure = failureOf(client.get(url, { signal: abort.signal }));
      await new Promise((resolve) => setTimeout(resolve, 0));
      abort.abort("enough");
      assertEquals(await failure, "enough");
    });
  },
});

const LIMITS: [limit: string, phase: string, stage: Stage, options: RequestOptions][] = [
  ["headTimeout", "wait", STAGES[0]!, { headTimeout: 0.1 }],
  ["headTimeout", "headers", STAGES[1]!, { headTimeout: 0.1 }],
  ["idleTimeout", "body", STAGES[2]!, { idleTimeout: 0.1 }],
  ["idleTimeout", "send", STAGES[4]!, { idleTimeout: 0.1 }],
  ["minSpeed", "body", STAGES[2]!, { minSpeed: { bytes: 1000, window: 0.1 } }],
  ["minSpeed", "send", STAGES[4]!, { minSpeed: { bytes: 1e12, window: 0.1 } }],
];
Deno.test("headTimeout, idleTimeout and minSpeed end what they are for, and are named", async () => {
  const nameOf = ([limit, , stage]: typeof LIMITS[number]) => `${limit} ${stage.name}`;
  await playAll(
    LIMITS,
    nameOf,
    ([limit, phase, stage, options]) =>
      withPeer(stage.script!, async (peer, client) => {
        const error = await httpErrorOf(begin(stage, peer, client, options), "timeout");
        assertInstanceOf(error, TimeoutError);
        assertEquals([error.limit, error.phase], [limit, phase]);
        assertEquals(client.stats().connections, 0);
        peer.conns[0]!.released.happen();
      }),
  );
});

Deno.test("A body that keeps coming is not late for idleTimeout, nor a head behind a long upload for headTimeout", async () => {
  await withPeer(async (conn) => {
    await conn.readRequest();
    await conn.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n");
    for (const byte of "12345678") {
      // Half of what is allowed, many times.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await conn.send(byte);
    }
    await conn.readToEnd();
  }, async (peer, client) => {
    async function* slow(): AsyncIterable<Uint8Array> {
      for (let i = 0; i < 6; i++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        yield new Uint8Array(1);
      }
    }
    const response = await client.post(peer.url(), slow(), { headTimeout: 0.3, idleTimeout: 0.3 });
    assertEquals(textOf(response), "12345678");
  });
});

Deno.test({
  name: "1,000 aborted downloads leave no descriptor",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await withPeer(async (conn) => {
      while (await conn.readRequest() !== undefined) await conn.send(`${HEAD}12345`);
      conn.close();
    }, async (peer, client) => {
      const download = async (): Promise<void> => {
        const abort = new AbortController();
        const reason = new Error("enough");
        const bodyToFile = (): void => abort.abort(reason);
        assertEquals(
          await failureOf(client.get(peer.url(), { signal: abort.signal, bodyToFile })),
          reason,
        );
      };
      const settled = (): boolean =>
        peer.conns.every(({ ended }) => ended) && client.stats().connections === 0;
      for (let i = 0; i < 10; i++) await download();
      await until("the first are closed", settled);
      const before = countDescriptors();
      for (let i = 0; i < 100; i++) {
        await within(
          "ten downloads",
          Promise.all(Array.from({ length: 10 }, download)).then(() => {}),
        );
      }
      await until("all are closed", settled);
      await until(`${before} descriptors are open`, () => countDescriptors() <= before);
      assertEquals([peer.executed.length, client.stats().opened], [1010, 1010]);
    });
  },
});
