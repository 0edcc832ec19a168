import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { ReceivedHeaders } from "../../../client/fetch/received_headers.ts";

Deno.test("headers that were received are Headers that cannot be changed", () => {
  const headers = new ReceivedHeaders([["A", "1"], ["a", "2"]]);
  assertInstanceOf(headers, Headers);
  assertEquals([...headers], [["a", "1, 2"]]);
  assertThrows(() => headers.set("a", "b"), TypeError, "immutable");
  assertThrows(() => headers.append("a", "b"), TypeError, "immutable");
  assertThrows(() => headers.delete("a"), TypeError, "immutable");
  const copy = new Headers(headers);
  copy.set("a", "3");
  assertEquals([headers.get("a"), copy.get("a")], ["1, 2", "3"]);
});
