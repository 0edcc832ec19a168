import { assertEquals } from "@std/assert";
import { acceptDeflate, parseExtensionOffers } from "../../../server/websocket/extension_offers.ts";

Deno.test("parseExtensionOffers() gives names and parameters in order, unquoted", () => {
  assertEquals(parseExtensionOffers('a, b ;c\t; d=e;f="g\\h",\t, a'), [
    { name: "a", params: [] },
    { name: "b", params: [["c", true], ["d", "e"], ["f", "gh"]] },
    { name: "a", params: [] },
  ]);
});

Deno.test("parseExtensionOffers() refuses what is no list of extensions", () => {
  const malformed = ["", " , ", "a b", ";", "a;", "a;;b", "a=b", "a;b=", "a; b = c", 'a; b=""'];
  for (const value of [...malformed, 'a; b="c', 'a; b="c d"', 'a; b="\\', "a\n", "ä"]) {
    assertEquals(parseExtensionOffers(value), undefined, value);
  }
});

Deno.test("parseExtensionOffers() takes linear time for what is malformed at its end", () => {
  // The square of it would not end within the test run.
  const long = `a${';b="\\c"'.repeat(200_000)}${" ".repeat(200_000)}=`;
  assertEquals(parseExtensionOffers(long), undefined);
});

Deno.test("acceptDeflate() accepts the first offer that can be, without context takeover", () => {
  const value = "other, permessage-deflate; x, " +
    "permessage-deflate; client_max_window_bits=8; server_max_window_bits=12, permessage-deflate";
  const field = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; " +
    "server_max_window_bits=12";
  assertEquals(acceptDeflate(parseExtensionOffers(value)!), {
    field,
    params: {
      server_no_context_takeover: [true],
      client_no_context_takeover: [true],
      server_max_window_bits: ["12"],
    },
  });
  assertEquals(acceptDeflate(parseExtensionOffers("x-webkit-deflate-frame")!), undefined);
});
