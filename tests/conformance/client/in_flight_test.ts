// What no server on a socket can be made to show at will: news of a connection that come in the moment in
// which a request is sent on it. So the transport is a fake one here.

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ClosedError, HttpError } from "../../../client/mod.ts";
import { HttpConnection } from "../../../client/exchange/connection.ts";
import { Control } from "../../../client/exchange/control.ts";
import { Exchange } from "../../../client/exchange/exchange.ts";
import type { PreparedRequest } from "../../../client/prepare.ts";
import { DEFAULTS } from "../../../client/settings.ts";
import { Stopwatch } from "../../../client/exchange/stopwatch.ts";
import type { Transport } from "../../../client/dial/transport.ts";
import { latin1Encode } from "../raw_client.ts";
import { within } from "./support.ts";

/** A transport whose reads and writes end when the test says so. */
class FakeTransport implements Transport {
  readonly localAddr: Deno.Addr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  readonly remoteAddr: Deno.Addr = { transport: "tcp", hostname: "127.0.0.1", port: 2 };
  readonly writes: number[] = [];
  #read: { into: Uint8Array; ends: PromiseWithResolvers<number | null> } | undefined;
  readonly #write: PromiseWithResolvers<number> = Promise.withResolvers();

  read(into: Uint8Array): Promise<number | null> {
    this.#read = { into, ends: Promise.withResolvers() };
    return this.#read.ends.promise;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.writes.push(bytes.length);
    return this.#write.promise;
  }

  /** Ends the read under way: with text, or with the end of the stream. */
  arrive(text: string | null): void {
    const { into, ends } = this.#read!;
    if (text !== null) into.set(latin1Encode(text));
    ends.resolve(text === null ? null : text.length);
  }

  close(): void {
    if (this.writes.length > 0) this.#write.reject(new Deno.errors.Interrupted("closed"));
    this.#read?.ends.reject(new Deno.errors.Interrupted("closed"));
  }

  async closeWrite(): Promise<void> {}
  ref(): void {}
  unref(): void {}
}

function requestOf(method: string): PreparedRequest {
  return {
    method,
    head: `${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`,
    isAscii: true,
    url: "http://a.test/",
    body: undefined,
    trailers: undefined,
    length: 0,
    expectContinue: false,
    mayUpgrade: false,
    close: false,
    maxBodyBytes: 100,
    slackBytes: 0,
  };
}

/** A kept connection, and what begins an exchange on it. */
function kept(): {
  transport: FakeTransport;
  connection: HttpConnection;
  begin: (method: string) => Exchange;
} {
  const transport = new FakeTransport();
  const connection = new HttpConnection(transport, "key", { closed() {} });
  connection.use();
  connection.park(0);
  const begin = (method: string): Exchange => {
    const control = new Control(0, undefined);
    return new Exchange(
      connection,
      requestOf(method),
      DEFAULTS,
      control,
      new Stopwatch(),
      () => {},
    );
  };
  return { transport, connection, begin };
}

Deno.test("A write that the socket has not answered for may have reached the server [RFC 9110 9.2.2]", async () => {
  for (const method of ["POST", "GET"]) {
    const { transport, begin } = kept();
    const exchange = begin(method);
    const head = exchange.readHead();
    assertEquals(transport.writes.length, 1);
    transport.arrive(null);
    const error = await assertRejects(() => within("the failure", head), ClosedError);
    assertEquals([error.reused, error.bytesSent, error.bytesReceived], [true, 0, 0]);
    assertEquals(error.safeToRetry, method === "GET");
  }
});

for (
  const [what, news] of [["the end", null], [
    "stray bytes",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  ]] as const
) {
  Deno.test(`A request that meets ${what} of a kept connection is not sent there [RFC 9112 9.2]`, async () => {
    const { transport, connection, begin } = kept();
    transport.arrive(news);
    // As many turns of the promises as it takes until the reader knows and nobody was told.
    while (connection.reader.bytesRead === 0 && !connection.reader.ended) await null;
    assertEquals(connection.state, "idle");
    const exchange = begin("POST");
    const error = await exchange.readHead().then(() => undefined, (reason) => reason);
    assertInstanceOf(error, HttpError);
    assertEquals([error.code, error.bytesSent, error.safeToRetry, error.reused], [
      "closed",
      0,
      true,
      true,
    ]);
    assertEquals([transport.writes.length, exchange.wasLost, connection.state], [
      0,
      true,
      "closed",
    ]);
  });
}
