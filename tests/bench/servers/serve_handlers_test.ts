import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { patternDigest } from "../../../bench/servers/pattern.ts";
import { HANDLERS, JSON_VALUE, POST_ANSWER } from "../../../bench/servers/serve_handlers.ts";

const URL = "http://localhost/";

Deno.test("the handlers answer with what the bench expects of them", async () => {
  const json = JSON.stringify(JSON_VALUE);
  assertEquals(json.length, 1024);
  const text = async (name: keyof typeof HANDLERS, init?: RequestInit) =>
    await (await HANDLERS[name](1024)(new Request(URL, init))).text();
  assertEquals(await text("serve-hello"), "hello");
  assertEquals(await text("serve-json"), json);
  assertEquals(await text("serve-post", { method: "POST", body: json }), POST_ANSWER);
  assertEquals(await text("serve-upload", { method: "POST", body: json }), "1024");
});

Deno.test("the handler of downloads streams as many bytes as it is told, of the pattern", async () => {
  for (const bytes of [0, 1, 65_536, 200_000, 1_100_000]) {
    const response = await HANDLERS["serve-download"](bytes)(new Request(URL));
    const hash = createHash("sha256");
    for await (const piece of response.body!) hash.update(piece);
    assertEquals(hash.digest("hex"), patternDigest(bytes));
  }
});
