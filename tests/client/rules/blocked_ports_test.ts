import { assertEquals } from "@std/assert";
import { isBlockedPort } from "../../../client/rules/blocked_ports.ts";
import { followRedirect } from "../../../client/rules/redirect.ts";

Deno.test("ports of other services are blocked, those of the web are not", () => {
  assertEquals([0, 1, 22, 25, 6000, 6667, 10080].filter((it) => !isBlockedPort(it)), []);
  assertEquals([80, 443, 3000, 8000, 8080, 65535].filter(isBlockedPort), []);
});

Deno.test("a redirect to one is followed, unless they are blocked", () => {
  const from = { method: "GET", url: new URL("http://a/"), fields: [], body: undefined };
  const to = (blocksPorts: boolean, location: string) => {
    const rules = {
      mode: "follow" as const,
      maxRedirects: 1,
      crossOriginHeaders: [],
      allowDowngrade: false,
      blocksPorts,
    };
    try {
      return followRedirect(from, 302, location, 0, rules)?.url.href;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  assertEquals(to(true, "http://b:25/"), "redirect");
  assertEquals(to(false, "http://b:25/"), "http://b:25/");
  assertEquals(to(true, "http://b/"), "http://b/");
});
