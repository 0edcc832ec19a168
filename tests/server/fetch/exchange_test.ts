import { assertEquals, assertStrictEquals } from "@std/assert";
import { exchangeOf } from "../../../server/fetch/incoming_request.ts";
import { FetchServer } from "./fetched.ts";

Deno.test("an exchange makes its watch and its signal once, and only when they are asked for", async () => {
  await using test = new FetchServer((request) => {
    const exchange = exchangeOf(request)!;
    assertEquals([exchange.req.method, exchange.body.done], ["GET", true]);
    assertStrictEquals(exchange.channel, exchange.channel);
    assertEquals(exchange.channel.onShutdown, undefined);
    assertStrictEquals(exchange.watch, exchange.watch);
    assertStrictEquals(exchange.signal, exchange.signal);
    assertStrictEquals(request.signal, exchange.signal);
    assertEquals(exchange.channel.onShutdown !== undefined, true);
    return new Response("ok");
  });
  assertEquals([(await test.ask("GET /")).body, test.errors], ["ok", []]);
});
