import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  connect,
  connectionKey,
  type ConnectRequest,
  connectSurely,
  dropKept,
  tryKept,
} from "../../../client/exchange/connect.ts";
import type { HttpConnection } from "../../../client/exchange/connection.ts";
import { Control } from "../../../client/exchange/control.ts";
import { Pool } from "../../../client/exchange/pool.ts";
import { Stopwatch } from "../../../client/exchange/stopwatch.ts";
import type { RequestOptions } from "../../../client/options.ts";
import { parseTarget } from "../../../client/target.ts";
import { ConnectError, TimeoutError } from "../../../wire/errors.ts";
import { within } from "../../conformance/waiting.ts";
import { DEAD_PORT } from "../support/dialing.ts";
import { settingsOf } from "../support/settings.ts";

const IDLE_MS = 60_000;

/** A server that accepts and says nothing, and a pool of connections to it. */
class Way implements Disposable {
  readonly listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly pool: Pool = new Pool({
    ...{ maxConnections: 2, maxPerOrigin: 2, keepAliveMs: undefined, queueTimeoutMs: 0 },
  });
  readonly accepted: Deno.TcpConn[] = [];
  readonly url = `http://127.0.0.1:${this.listener.addr.port}/`;

  /** A request for a connection. */
  request(options: RequestOptions = {}, url = this.url): ConnectRequest {
    return {
      target: parseTarget(url),
      settings: settingsOf(options),
      control: new Control(0, undefined),
      stopwatch: new Stopwatch(),
    };
  }

  /** Opens a connection, both its ends, and keeps it. */
  async keep(options: RequestOptions = {}): Promise<[HttpConnection, Deno.TcpConn]> {
    const accepting = this.listener.accept();
    const connection = await connect(this.pool, this.request(options));
    const conn = await accepting;
    this.accepted.push(conn);
    connection.use();
    this.pool.release(connection, IDLE_MS);
    return [connection, conn];
  }

  /** How many connections were opened. */
  get opened(): number {
    return this.pool.stats().opened;
  }

  [Symbol.dispose](): void {
    this.pool.close();
    for (const conn of this.accepted) conn.close();
    this.listener.close();
  }
}

Deno.test("requests share connections when origin and route are the same", () => {
  const key = (url: string, options: RequestOptions = {}) =>
    connectionKey(parseTarget(url), settingsOf(options));
  assertEquals(key("http://a.test/x"), key("http://A.test:80/y"));
  const others = [
    key("http://a.test/"),
    key("https://a.test/"),
    key("http://a.test:81/"),
    key("http://b.test/"),
    key("http://a.test/", { ipv6: true }),
    key("http://a.test/", { unix: "/run/a.sock" }),
    key("http://a.test/", { proxy: "http://p.test:3128" }),
  ];
  assertEquals(new Set(others).size, others.length);
});

Deno.test("connect() takes a kept connection, and dials where there is none", async () => {
  using way = new Way();
  assertEquals(tryKept(way.pool, way.request()), undefined);
  const [kept] = await way.keep();
  assertStrictEquals(await connect(way.pool, way.request()), kept);
  way.pool.release(kept, IDLE_MS);
  assertStrictEquals(tryKept(way.pool, way.request()), kept);
  assertEquals(way.opened, 1);
});

Deno.test("dropKept() closes the idle connections that the request could use, and no others", async () => {
  using way = new Way();
  const [kept] = await way.keep();
  const [other] = await way.keep({ ipv6: false });
  dropKept(way.pool, way.request());
  assertEquals([kept.state, other.state], ["closed", "idle"]);
});

Deno.test("connectSurely() notices that the kept connection was closed by the server", async () => {
  using way = new Way();
  const [kept, peer] = await way.keep();
  assertStrictEquals(await connectSurely(way.pool, way.request()), kept);
  way.pool.release(kept, IDLE_MS);
  peer.close();
  way.accepted.length = 0;
  const accepting = way.listener.accept();
  const connection = await connectSurely(way.pool, way.request());
  way.accepted.push(await accepting);
  assert(connection !== kept);
  assertEquals([kept.state, connection.state, way.opened], ["closed", "busy", 2]);
});

Deno.test("connectSurely() looks at a connection that it was handed on, too", async () => {
  using way = new Way();
  const busy: [HttpConnection, Deno.TcpConn][] = [];
  for (let i = 0; i < 2; i++) {
    const accepting = way.listener.accept();
    const connection = await connect(way.pool, way.request());
    connection.use();
    way.accepted.push(await accepting);
    busy.push([connection, way.accepted[i]!]);
  }
  const waiting = connectSurely(way.pool, way.request());
  const [[first, peer], [second]] = [busy[0]!, busy[1]!];
  peer.close();
  way.accepted.splice(0, 1);
  way.pool.release(first, IDLE_MS);
  way.pool.release(second, IDLE_MS);
  assertStrictEquals(await waiting, second);
  assertEquals([first.state, way.opened], ["closed", 2]);
});

Deno.test("connectSurely() of a request that was ended closes what it held", async () => {
  using way = new Way();
  const [kept] = await way.keep();
  const request = way.request();
  const connecting = connectSurely(way.pool, request);
  const reason = new Error("enough");
  request.control.fail(reason);
  assertStrictEquals(await assertRejects(() => connecting), reason);
  assertEquals(kept.state, "closed");
});

Deno.test("the guard is asked about a kept connection, too", async () => {
  using way = new Way();
  const asked: string[] = [];
  let allowed = true;
  const allowAddress = (ipaddr: string, port: number, url: URL) => {
    asked.push(`${ipaddr} ${port === Number(url.port)}`);
    url.pathname = "/changed"; // by a guard that should not
    return allowed;
  };
  const [kept] = await way.keep({ allowAddress });
  assertEquals(tryKept(way.pool, way.request({ allowAddress })), undefined);
  const request = way.request({ allowAddress });
  assertStrictEquals(await connect(way.pool, request), kept);
  assertEquals(request.target.url.pathname, "/");
  way.pool.release(kept, IDLE_MS);
  allowed = false;
  const error = await assertRejects(
    () => connect(way.pool, way.request({ allowAddress })),
    ConnectError,
  );
  assertEquals(error.message.includes('"allowAddress" refuses "127.0.0.1"'), true, error.message);
  assertEquals([kept.state, way.opened], ["closed", 1]);
  assertEquals(asked, Array(3).fill("127.0.0.1 true"));
});

Deno.test("a failed dial leaves no place taken", async () => {
  using way = new Way();
  const url = `http://127.0.0.1:${DEAD_PORT}/`;
  for (let i = 0; i < 5; i++) {
    await assertRejects(() => connect(way.pool, way.request({}, url)), ConnectError);
  }
  assertEquals(way.pool.stats().connections, 0);
});

Deno.test("connectTimeout ends the dialing, with its name and phase", async () => {
  using way = new Way();
  // The guard is asked on the way, and does not answer.
  const allowAddress = () => new Promise<boolean>(() => {});
  const request = way.request({ connectTimeout: 0.05, allowAddress });
  const connecting = within("connecting ends", connect(way.pool, request));
  const error = await assertRejects(() => connecting, TimeoutError);
  assertEquals(error.limit, "connectTimeout");
  assertEquals(way.pool.stats().connections, 0);
});
