import { assertEquals, assertRejects } from "@std/assert";
import { DatagramQueue } from "../../../../client/dial/dns/datagram_queue.ts";
import { type DnsNetwork, queryServer } from "../../../../client/dial/dns/query.ts";
import { noSignal } from "../../support/dialing.ts";
import { addressesOf, type Reply, replyTo } from "../../support/dns_server.ts";
import { FakeTransport } from "../../support/fake_transport.ts";

const SERVER = { ipAddr: "192.0.2.53", port: 53 };
const PATIENCE = { tries: 2, tryMs: 1_000_000 };

/** A network in memory: each query is handed to the script, which puts datagrams into the queue. */
class FakeNetwork implements DnsNetwork {
  readonly queries: Uint8Array[] = [];
  opened = 0;
  closed = 0;
  /** What is said over TCP. */
  stream: (query: Uint8Array) => FakeTransport = () => {
    throw new Error("Not expected");
  };
  readonly #script: (query: Uint8Array, queue: DatagramQueue, round: number) => void;

  constructor(script: (query: Uint8Array, queue: DatagramQueue, round: number) => void) {
    this.#script = script;
  }

  openDatagrams() {
    this.opened++;
    const queue = new DatagramQueue();
    return Promise.resolve({
      send: (query: Uint8Array) => {
        this.queries.push(query);
        this.#script(query, queue, this.queries.length);
        return Promise.resolve();
      },
      receive: (timeoutMs: number) => queue.take(timeoutMs),
      close: () => {
        this.closed++;
        queue.fail(new Error("closed"));
      },
    });
  }

  openStream() {
    return Promise.resolve(this.stream(this.queries.at(-1)!));
  }
}

const REPLY: Reply = { answers: addressesOf("name.test", "192.0.2.1") };

function ask(network: DnsNetwork, signal = noSignal(), patience = PATIENCE) {
  const query = { server: SERVER, name: "name.test", type: "A" } as const;
  return queryServer(query, network, patience, signal);
}

function lengthAnd(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(bytes.length >> 8, bytes.length & 0xff, ...bytes);
}

Deno.test("queryServer() takes the answer and closes the socket", async () => {
  const network = new FakeNetwork((query, queue) => queue.put(replyTo(query, REPLY)));
  assertEquals((await ask(network)).addresses, ["192.0.2.1"]);
  assertEquals([network.opened, network.queries.length], [1, 1]);
  assertEquals(network.closed > 0, true);
});

Deno.test("queryServer() waits on when other datagrams come before the answer", async () => {
  const network = new FakeNetwork((query, queue) => {
    const forged = replyTo(query, { answers: addressesOf("name.test", "192.0.2.66") });
    forged[0]! ^= 1; // Another id.
    queue.put(forged);
    queue.put(Uint8Array.of(1, 2, 3));
    queue.put(replyTo(query, REPLY));
  });
  assertEquals((await ask(network)).addresses, ["192.0.2.1"]);
});

Deno.test("queryServer() asks again when nothing comes", async () => {
  const network = new FakeNetwork((query, queue, round) => {
    if (round === 2) queue.put(replyTo(query, REPLY));
  });
  const answer = await ask(network, noSignal(), { tries: 2, tryMs: 1 });
  assertEquals(answer.addresses, ["192.0.2.1"]);
  assertEquals(network.queries.length, 2);
});

Deno.test("queryServer() gives up when nothing comes at all", async () => {
  const network = new FakeNetwork(() => {});
  const patience = { tries: 3, tryMs: 1 };
  await assertRejects(() => ask(network, noSignal(), patience), Error, "no answer within 0.003 s");
  assertEquals(network.queries.length, 3);
});

Deno.test("queryServer() asks over TCP when the answer was cut", async () => {
  const network = new FakeNetwork((query, queue) => {
    queue.put(
      replyTo(query, { isTruncated: true, answers: addressesOf("name.test", "192.0.2.9") }),
    );
  });
  let stream: FakeTransport | undefined;
  network.stream = (query) => stream = new FakeTransport(lengthAnd(replyTo(query, REPLY)));
  assertEquals((await ask(network)).addresses, ["192.0.2.1"]);
  assertEquals(stream!.text.length, 2 + network.queries[0]!.length);
  assertEquals(stream!.closed, true);
});

Deno.test("queryServer() rejects a TCP answer that ends early or answers something else", async () => {
  const network = new FakeNetwork((query, queue) => {
    queue.put(replyTo(query, { isTruncated: true }));
  });
  network.stream = (query) => new FakeTransport(lengthAnd(replyTo(query, REPLY)).slice(0, 9), null);
  await assertRejects(() => ask(network), Error, "it closed the connection");
  network.stream = (query) => new FakeTransport(lengthAnd(query));
  await assertRejects(() => ask(network), Error, "what was not asked");
});

Deno.test("queryServer() ends with the reason of an abort", async () => {
  const abort = new AbortController();
  const network = new FakeNetwork(() => abort.abort(new URIError("enough")));
  await assertRejects(() => ask(network, abort.signal), URIError, "enough");
  assertEquals(network.closed > 0, true);
});

Deno.test("queryServer() chooses ids at random", async () => {
  const network = new FakeNetwork((query, queue) => queue.put(replyTo(query, REPLY)));
  for (let round = 0; round < 8; round++) await ask(network);
  // Eight equal ids of 16 bits come by chance once in 2^112 runs.
  assertEquals(new Set(network.queries.map(([high, low]) => high! << 8 | low!)).size > 1, true);
});
