import { assert, assertEquals } from "@std/assert";
import { ProgressBar, type Terminal } from "../../../client/command/progress_bar.ts";

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

Deno.test("ProgressBar counts each direction for itself, and waits for the server in between", () => {
  const terminal = new FakeTerminal();
  const bar = new ProgressBar(terminal);
  bar.update({ direction: "up", bytes: 1_000_000, total: 2_000_000 });
  terminal.ms += 1000;
  bar.draw();
  assert(terminal.take().at(-1)?.endsWith(" 50%  1 MB / 2 MB  1 MB/s  0:01 left"));
  terminal.ms += 1000;
  bar.update({ direction: "up", bytes: 2_000_000, total: 2_000_000 });
  terminal.ms += 3000;
  bar.draw();
  assertEquals(terminal.take(), ["2 MB sent  waiting for the server  0:05"]);
  bar.update({ direction: "down", bytes: 0, total: 500 });
  terminal.ms += 1000;
  bar.draw();
  assert(terminal.take().at(-1)?.endsWith("  0%  0 B / 500 B  0 B/s  stalled"));
  bar.update({ direction: "down", bytes: 500, total: 500 });
  bar.end(true);
  assertEquals(terminal.take(), ["sent 2 MB in 0:02 (1 MB/s), received 500 B in 0:01 (500 B/s)"]);
});

Deno.test("ProgressBar tells of an upload alone where nothing came back", () => {
  const terminal = new FakeTerminal();
  const bar = new ProgressBar(terminal);
  terminal.ms += 1000;
  bar.update({ direction: "up", bytes: 10, total: 10 });
  bar.update({ direction: "down", bytes: 0, total: 0 });
  bar.end(true);
  assertEquals(terminal.take(), ["sent 10 B in 0:01 (10 B/s)"]);
});

Deno.test("ProgressBar begins anew with what begins anew, and never tells of a negative rate", () => {
  const terminal = new FakeTerminal();
  const bar = new ProgressBar(terminal);
  terminal.ms += 1000;
  bar.update({ direction: "up", bytes: 1000, total: 1000 });
  bar.draw();
  terminal.ms += 1000;
  bar.update({ direction: "up", bytes: 0, total: 1000 });
  terminal.ms += 1000;
  bar.update({ direction: "up", bytes: 500, total: 1000 });
  bar.draw();
  assert(terminal.take().at(-1)?.endsWith(" 50%  500 B / 1 kB  500 B/s  0:01 left"));
  bar.end(false);
  assert(!terminal.text.includes("  -"), terminal.text);
});

Deno.test("ProgressBar begins its last line with a name", () => {
  const terminal = new FakeTerminal();
  const bar = new ProgressBar(terminal, "file.iso");
  terminal.ms += 1000;
  bar.update({ direction: "down", bytes: 0, total: 10 });
  bar.update({ direction: "down", bytes: 10, total: 10 });
  bar.end(true);
  assertEquals(terminal.take(), ["file.iso: 10 B in 0:01 (10 B/s)"]);
});
