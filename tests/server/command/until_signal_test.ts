import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

const CHILD = fromFileUrl(new URL("until_signal_child.ts", import.meta.url));

Deno.test({
  name: "untilSignal() resolves at the first signal, and the second one ends the process",
  ignore: Deno.build.os === "windows",
  async fn() {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", CHILD],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    let said = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (said === "waiting\n") child.kill("SIGTERM");
      if (said === "waiting\nended\n") child.kill("SIGINT");
    }
    assertEquals([said, (await child.status).code], ["waiting\nended\n", 130]);
  },
});
