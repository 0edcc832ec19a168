import { assert, assertEquals } from "@std/assert";
import {
  finalLine,
  ProgressBar,
  progressLine,
  type ProgressState,
  type Terminal,
} from "../../../client/command/progress_bar.ts";

const STATE: ProgressState = {
  bytes: 5_200_000,
  total: 10_000_000,
  rate: 1_300_000,
  elapsedMs: 4000,
};

/** A terminal that keeps what was written, with a clock that is set. */
class FakeTerminal implements Terminal {
  text = "";
  columns = 80;
  ms = 1000;

  write(text: string): void {
    this.text += text;
  }

  now(): number {
    return this.ms;
  }

  /** What was drawn since the last call, without controls. */
  take(): string[] {
    // deno-lint-ignore no-control-regex
    const lines = this.text.split(/\r|\n/).map((line) => line.replace(/\x1b\[K$/, ""));
    this.text = "";
    return lines.filter((line) => line !== "");
  }
}

Deno.test("progressLine() shows share, bytes, rate and time left", () => {
  assertEquals(
    progressLine(STATE, 80),
    "[#################-----------------]  52%  5.2 MB / 10 MB  1.3 MB/s  0:04 left",
  );
});

Deno.test("progressLine() shows bytes, rate and time where the total is not known, or wrong", () => {
  assertEquals(progressLine({ ...STATE, total: undefined }, 80), "5.2 MB  1.3 MB/s  0:04");
  assertEquals(progressLine({ ...STATE, total: 1 }, 80), "5.2 MB  1.3 MB/s  0:04");
});

Deno.test("progressLine() never divides by nothing", () => {
  assert(progressLine({ ...STATE, rate: 0 }, 80).endsWith("0 B/s  stalled"));
  const empty = progressLine({ bytes: 0, total: 0, rate: 0, elapsedMs: 0 }, 80);
  assert(empty.includes("100%"), empty);
  assert(progressLine({ ...STATE, rate: 1e-9 }, 80).endsWith("99:59:59 left"));
});

Deno.test("progressLine() shows long times in hours", () => {
  assert(progressLine({ ...STATE, rate: 1300 }, 80).endsWith("1:01:32 left"));
});

Deno.test("progressLine() fits every terminal", () => {
  for (let columns = 1; columns < 200; columns++) {
    for (const total of [10_000_000, undefined]) {
      const line = progressLine({ ...STATE, total }, columns);
      assert(line.length < Math.max(columns, 7), `${columns}: ${line}`);
    }
  }
});

Deno.test("finalLine() shows bytes, time and rate", () => {
  assertEquals(finalLine(STATE), "5.2 MB in 0:04 (1.3 MB/s)");
});

Deno.test("ProgressBar draws the same line over itself, and ends with a line that stays", () => {
  const terminal = new FakeTerminal();
  const bar = new ProgressBar(terminal);
  bar.draw();
  assertEquals(terminal.text, "");
  bar.update({ direction: "down", bytes: 0, total: 1000 });
  bar.draw();
  bar.update({ direction: "down", bytes: 500, total: 1000 });
  terminal.ms += 1000;
  bar.draw();
  assert(terminal.text.includes("\x1b[K\r["), JSON.stringify(terminal.text));
  assert(!terminal.text.includes("\n"));
  assert(terminal.take().at(-1)?.endsWith(" 50%  500 B / 1 kB  500 B/s  0:01 left"));
  bar.update({ direction: "down", bytes: 1000, total: 1000 });
  terminal.ms += 1000;
  bar.end(true);
  assert(terminal.text.endsWith("\n"));
  assertEquals(terminal.take(), ["1 kB in 0:02 (500 B/s)"]);
});

Deno.test("ProgressBar takes the rate over the last seconds, and not what was there before", () => {
  const terminal = new FakeTerminal();
  const bar = new ProgressBar(terminal);
  bar.update({ direction: "down", bytes: 1_000_000, total: 2_000_000 });
  bar.draw();
  for (let second = 1; second <= 20; second++) {
    terminal.ms += 1000;
    const fast = Math.min(second, 10) * 1000;
    const slow = Math.max(second - 10, 0) * 10;
    bar.update({ direction: "down", bytes: 1_000_000 + fast + slow, total: 2_000_000 });
    bar.draw();
  }
  assert(terminal.take().at(-1)?.includes("  10 B/s  "));
  bar.end(false);
  assert(terminal.take().at(-1)?.includes("  505 B/s  "));
});

Deno.test("ProgressBar writes nothing where there was nothing to tell", () => {
  const terminal = new FakeTerminal();
  new ProgressBar(terminal).end(false);
  assertEquals(terminal.text, "");
});
