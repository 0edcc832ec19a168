import { assertEquals } from "@std/assert";
import { unknownVariables, writeOut } from "../../../client/command/write_out.ts";

const FACTS = {
  ...{ code: 200, url: "http://a/", contentType: "text/plain", redirects: 2 },
  ...{ bytesDown: 10, bytesUp: 20, seconds: 1.5 },
};

Deno.test("writeOut() fills in curl's variables and escapes", () => {
  const format = "%{http_code} %{response_code}\\t%{size_download}/%{size_upload}\\n" +
    "%{time_total} %{url_effective} %{num_redirects} %{content_type} 100%% % \\x";
  assertEquals(
    writeOut(format, FACTS),
    "200 200\t10/20\n1.500000 http://a/ 2 text/plain 100% % \\x",
  );
  assertEquals(writeOut("%{http_code}", { ...FACTS, code: 0 }), "000");
  assertEquals(writeOut("a%{none}b%%{http_code}", FACTS), "ab%{http_code}");
});

Deno.test("unknownVariables() finds what there is not", () => {
  assertEquals(unknownVariables("%{http_code} %{a} %%{b} %{constructor}"), ["a", "constructor"]);
  assertEquals(unknownVariables("plain"), []);
});
