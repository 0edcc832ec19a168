import { cpuUsage } from "node:process";
import { assert, assertEquals } from "@std/assert";
import { familyOf, parseStat, readCpuMs } from "../../bench/cpu.ts";

const NGINX = "4242 (nginx) S 17 4242 17 0 -1 4194624 1086 20 0 0 120 35 4 1 20 0 1 0 8123 " +
  "10960896 1490 18446744073709551615 1 1 0 0 0 0 0 1073746048 402745863 0 0 0 17 1 0 0 0 0 0";

Deno.test("parseStat() sums user and system time, own and of ended children, in ms", () => {
  assertEquals(parseStat(NGINX), { pid: 4242, parentPid: 17, cpuMs: (120 + 35 + 4 + 1) * 10 });
});

Deno.test("parseStat() is not confused by a program's name", () => {
  const odd = NGINX.replace("(nginx)", "(a) R 1 (b c)");
  assertEquals(parseStat(odd), parseStat(NGINX));
});

Deno.test("parseStat() answers undefined to what is no stat line", () => {
  assertEquals(parseStat(""), undefined);
  assertEquals(parseStat("4242 (nginx) S 17 4242"), undefined);
  assertEquals(parseStat(NGINX.replace("120", "x")), undefined);
});

Deno.test("familyOf() finds descendants of every generation and nobody else", () => {
  const all = [[9, 7], [1, 0], [7, 5], [5, 1], [6, 5], [3, 1]]
    .map(([pid, parentPid]) => ({ pid, parentPid, cpuMs: pid }));
  assertEquals(familyOf(5, all).map((one) => one.pid).sort(), [5, 6, 7, 9]);
  assertEquals(familyOf(8, all), []);
});

Deno.test({
  name: "readCpuMs() sees the time that this process uses",
  ignore: Deno.build.os !== "linux",
  fn() {
    const before = readCpuMs(Deno.pid)!;
    const start = cpuUsage();
    let spentMs = 0;
    while (spentMs < 100) {
      const { user, system } = cpuUsage(start);
      spentMs = (user + system) / 1000;
    }
    const used = readCpuMs(Deno.pid)! - before;
    // The 100 ms of processor time, less what the ticks of four times may round away.
    assert(used >= 60, `used ${used} ms`);
  },
});
