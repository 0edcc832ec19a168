import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { FetchResponse } from "../../../client/fetch/fetch_response.ts";
import { fetchOther } from "../../../client/fetch/other_schemes.ts";

Deno.test("data: URLs are the runtime's, whatever stands in the place of its fetch", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = () => Promise.reject(new Error("ours again"));
  try {
    const response = await fetchOther(new URL("data:text/x,hi"), {});
    assertInstanceOf(response, FetchResponse);
    assertEquals([response.status, response.url], [200, "data:text/x,hi"]);
    assertEquals(response.headers.get("content-type"), "text/x");
    assertEquals([response.connection, [...await response.trailers]], [undefined, []]);
    assertEquals(await response.clone().text(), "hi");
    assertEquals(await response.text(), "hi");
  } finally {
    globalThis.fetch = fetch;
  }
});

Deno.test("other schemes are refused", async () => {
  for (const url of ["ws://a/", "ftp://a/", "about:blank"]) {
    await assertRejects(() => fetchOther(new URL(url), {}), TypeError, "is not supported");
  }
});
