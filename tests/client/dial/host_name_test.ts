import { assertEquals } from "@std/assert";
import { isDnsName, tryHostName } from "../../../client/dial/host_name.ts";

Deno.test("tryHostName() gives names and addresses as URLs have them", () => {
  const cases: [string, string][] = [
    ["A.Test", "a.test"],
    ["bücher.test", "xn--bcher-kva.test"],
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["0:0:0::1", "::1"],
    ["[::1]", "::1"],
    ["a_b.test", "a_b.test"],
    ["a.test.", "a.test."],
  ];
  for (const [text, host] of cases) assertEquals(tryHostName(text), host, text);
});

Deno.test("tryHostName() takes nothing that is more than a host, or none", () => {
  const others = ["", " ", "a b", "a\r\nb", "a\tb", "a/b", "a?b", "a#b", "u@a", "a:80", "[::1]:80"];
  others.push("%61.test", "a\\b", "[::1", "::1]", "[a.test]", "::x", "a<b", "1.2.3.4.5", "xn--a");
  for (const text of others) assertEquals(tryHostName(text), undefined, JSON.stringify(text));
});

Deno.test("isDnsName() knows how long names and labels may be", () => {
  const label = "x".repeat(63);
  const longest = `${label}.${label}.${label}.${"x".repeat(61)}`;
  for (const name of ["a", "a.test", "a.test.", "a_b", label, longest, `${longest}.`]) {
    assertEquals(isDnsName(name), true, name);
  }
  for (const name of ["", ".", "a..b", ".a", `${label}x`, `${longest}xx`, "bücher.test", "a b"]) {
    assertEquals(isDnsName(name), false, name);
  }
});
