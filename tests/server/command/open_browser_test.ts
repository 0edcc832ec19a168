import { assertEquals } from "@std/assert";
import { openBrowser, openerOf } from "../../../server/command/open_browser.ts";

Deno.test("openerOf() knows the program of each system", () => {
  assertEquals(openerOf("http://a/", "linux"), ["xdg-open", "http://a/"]);
  assertEquals(openerOf("http://a/", "darwin"), ["open", "http://a/"]);
  assertEquals(openerOf("http://a/", "windows"), ["explorer.exe", "http://a/"]);
});

Deno.test({
  name: "openBrowser() says which flag it needs",
  permissions: { run: ["echo"] },
  async fn() {
    const [program] = openerOf("");
    assertEquals(
      await openBrowser("http://127.0.0.1/"),
      `Cannot open a browser: this needs --allow-run=${program}`,
    );
  },
});

Deno.test({
  name: "openBrowser() opens a URL, and says when that fails",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    const path = Deno.env.get("PATH")!;
    try {
      // Stands in for the program of the system, found by the same search.
      const script =
        '#!/bin/sh\nprintf %s "$1" > "${0%/*}/opened"\ncase $1 in *bad*) exit 3;; esac\n';
      await Deno.writeTextFile(`${folder}/xdg-open`, script, { mode: 0o755 });
      Deno.env.set("PATH", `${folder}:${path}`);
      assertEquals(await openBrowser("http://127.0.0.1/a?b&c"), undefined);
      assertEquals(await Deno.readTextFile(`${folder}/opened`), "http://127.0.0.1/a?b&c");
      assertEquals(
        await openBrowser("http://bad/"),
        "Cannot open a browser: xdg-open ended with code 3",
      );
    } finally {
      Deno.env.set("PATH", path);
      await Deno.remove(folder, { recursive: true });
    }
  },
});
