import { assertEquals } from "@std/assert";
import { ignoredSignals, SignalWatch } from "../../../client/command/signals.ts";
import type { Interrupted } from "../../../client/command/errors.ts";

Deno.test("ignoredSignals() reads the mask that Linux shows", () => {
  const status = (mask: string) => `Name:\tdeno\nSigBlk:\tffff\nSigIgn:\t${mask}\nSigCgt:\t0\n`;
  assertEquals([...ignoredSignals(status("0000000000000003"))], [1, 2]);
  assertEquals([...ignoredSignals(status("0000000000005000"))], [13, 15]);
  assertEquals([...ignoredSignals(status("8000000000000000"))], [64]);
  assertEquals([...ignoredSignals(status("0000000000000000"))], []);
  assertEquals([...ignoredSignals("")], []);
});

Deno.test({
  name: "SignalWatch tells of signals until it is disposed of",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const heard = Promise.withResolvers<Interrupted>();
    const keep = (): void => {};
    // Afterwards nobody else must die of it either.
    Deno.addSignalListener("SIGHUP", keep);
    // Listeners alone do not keep the event loop going.
    const timer = setTimeout(() => heard.reject(new Error("No signal came")), 60_000);
    try {
      {
        using _watch = new SignalWatch(heard.resolve);
        Deno.kill(Deno.pid, "SIGHUP");
        const { signal, exitCode } = await heard.promise;
        assertEquals([signal, exitCode], ["SIGHUP", 129]);
      }
      new SignalWatch(() => {})[Symbol.dispose]();
    } finally {
      clearTimeout(timer);
      Deno.removeSignalListener("SIGHUP", keep);
    }
  },
});
