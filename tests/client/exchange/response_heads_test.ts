import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { HttpConnection } from "../../../client/exchange/connection.ts";
import { ResponseHeads } from "../../../client/exchange/response_heads.ts";
import type { InformationalResponse, RequestOptions } from "../../../client/options.ts";
import { LimitError, ProtocolError } from "../../../wire/errors.ts";
import { FakeTransport } from "../support/fake_transport.ts";
import { settingsOf } from "../support/settings.ts";

const FINAL = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const EARLY = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** A connection on which these bytes have arrived, in pieces, and the heads of its next response. */
class Arrived implements Disposable {
  readonly connection: HttpConnection;
  readonly heads: ResponseHeads;
  readonly informational: InformationalResponse[] = [];
  /** How often the server said to go on. */
  continues = 0;
  /** What an async callback failed with. */
  readonly errors: unknown[] = [];
  readonly #source: FakeTransport;

  constructor(options: RequestOptions = {}) {
    this.#source = new FakeTransport();
    this.connection = new HttpConnection(this.#source, "key", { closed() {} });
    this.heads = this.next(options);
  }

  /** The heads of one more response. */
  next(options: RequestOptions = {}): ResponseHeads {
    const settings = settingsOf({
      onInformational: (response) => void this.informational.push(response),
      ...options,
    });
    return new ResponseHeads(this.connection, settings, {
      onContinue: () => this.continues++,
      onError: (error) => void this.errors.push(error),
    });
  }

  /** Reads one more piece from the connection. */
  async arrive(piece: string): Promise<void> {
    this.#source.source.push(piece);
    await this.connection.reader.fill();
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}

Deno.test("a final head is found when it is all there, in any two pieces", async () => {
  for (let cut = 1; cut < FINAL.length; cut++) {
    using it = new Arrived();
    await it.arrive(FINAL.slice(0, cut));
    assertEquals(it.heads.tryFinal(), undefined, `cut at ${cut}`);
    await it.arrive(FINAL.slice(cut));
    assertEquals(it.heads.tryFinal()?.status, 200, `cut at ${cut}`);
  }
});

Deno.test("informational heads are told and passed over, and 100 opens the gate", async () => {
  using it = new Arrived();
  await it.arrive(CONTINUE + EARLY + EARLY.slice(0, 20));
  assertEquals(it.heads.tryFinal(), undefined);
  assertEquals(it.continues, 1);
  assertEquals(it.informational.map(({ code }) => code), [100, 103]);
  assertEquals(it.informational[1], {
    code: 103,
    status: "Early Hints",
    headers: { link: "</a.css>" },
    rawHeaders: [["Link", "</a.css>"]],
  });
  await it.arrive(EARLY.slice(20) + FINAL);
  assertEquals(it.heads.tryFinal()?.status, 200);
  assertEquals([it.continues, it.informational.length], [1, 3]);
});

Deno.test("101 is final: what follows is another protocol", async () => {
  using it = new Arrived();
  await it.arrive("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
  assertEquals(it.heads.tryFinal()?.status, 101);
  assertEquals(it.connection.reader.end - it.connection.reader.start, 19);
});

Deno.test("32 informational heads are put up with, and not one more", async () => {
  using it = new Arrived();
  await it.arrive(CONTINUE.repeat(32));
  assertEquals(it.heads.tryFinal(), undefined);
  await it.arrive(CONTINUE);
  assertThrows(() => it.heads.tryFinal(), ProtocolError, "more than 32 informational responses");
});

Deno.test("a head like the one before is the same head", async () => {
  using it = new Arrived();
  await it.arrive(FINAL);
  it.heads.tryFinal();
  await it.arrive(FINAL);
  const second = it.next().tryFinal();
  await it.arrive(FINAL);
  assertStrictEquals(it.next().tryFinal(), second);
  await it.arrive(FINAL.replace("OK", "ok"));
  assertEquals(it.next().tryFinal()?.reason, "ok");
});

Deno.test("a remembered head is read again where the limits are narrower than what is remembered", async () => {
  const head = `HTTP/1.1 200 OK\r\n${"A: 123456\r\n".repeat(10)}\r\n`;
  for (const limits of [{ maxHeadBytes: 64 }, { maxFields: 9 }]) {
    using it = new Arrived();
    for (let i = 0; i < 2; i++) {
      await it.arrive(head);
      assertEquals(it.next().tryFinal()?.status, 200);
    }
    await it.arrive(head);
    assertThrows(() => it.next(limits).tryFinal(), LimitError);
  }
});

Deno.test("what begins like no response is refused at once, not waited for", async () => {
  for (const text of ["HTTX", "\r\n", "SSH-2.0", "\x16\x03\x01"]) {
    using it = new Arrived();
    await it.arrive(text);
    assertThrows(() => it.heads.tryFinal(), ProtocolError, undefined, text);
  }
});

Deno.test("the error of an async onInformational is told, and nobody else's", async () => {
  using it = new Arrived();
  const reason = new Error("not now");
  const heads = it.next({ onInformational: () => Promise.reject(reason) as unknown as void });
  await it.arrive(EARLY + FINAL);
  assertEquals(heads.tryFinal()?.status, 200);
  await Promise.resolve();
  assertEquals(it.errors, [reason]);
});
