import { assertEquals, assertRejects } from "@std/assert";
import { PathLocks } from "../../../server/changes/path_locks.ts";

/** A change that ends when it is told to. */
class Step {
  static log: string[] = [];
  readonly #end = Promise.withResolvers<void>();
  readonly held: Promise<void>;

  constructor(locks: PathLocks, name: string, ...paths: string[]) {
    this.held = locks.hold(paths, async () => {
      Step.log.push(`+${name}`);
      await this.#end.promise;
      Step.log.push(`-${name}`);
    });
  }

  async end(): Promise<void> {
    this.#end.resolve();
    await this.held;
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function logOf(...steps: Step[]): Promise<string> {
  await turn();
  for (const step of steps) await step.end();
  return Step.log.splice(0).join(" ");
}

Deno.test("changes of one path come one after the other, others at the same time", async () => {
  const locks = new PathLocks(false);
  const [a, b] = [new Step(locks, "a", "/r/x"), new Step(locks, "b", "/r/x")];
  const c = new Step(locks, "c", "/r/xy");
  const d = new Step(locks, "d", "/r/X");
  assertEquals(await logOf(a, b, c, d), "+a +c +d -a +b -b -c -d");
  assertEquals(locks.size, 0);
});

Deno.test("a folder is changed when nothing in it is, and the other way round", async () => {
  const locks = new PathLocks(false);
  const inside = new Step(locks, "inside", "/r/d/e/x");
  const folder = new Step(locks, "folder", "/r/d");
  const later = new Step(locks, "later", "/r/d/y");
  const beside = new Step(locks, "beside", "/r/d2");
  assertEquals(
    await logOf(inside, folder, later, beside),
    "+inside +beside -inside +folder -folder +later -later -beside",
  );
});

Deno.test("two paths are had at once, in whatever order they are named", async () => {
  const locks = new PathLocks(false);
  const [a, b] = [new Step(locks, "a", "/r/1", "/r/2"), new Step(locks, "b", "/r/2", "/r/1")];
  // In itself a change may have a folder and what is in it.
  const c = new Step(locks, "c", "/r/2", "/r/2/x");
  assertEquals(await logOf(a, b, c), "+a -a +b -b +c -c");
});

Deno.test("a change that fails lets the next one go on", async () => {
  const locks = new PathLocks(false);
  const failed = locks.hold(["/r/x"], () => Promise.reject(new Error("no")));
  const next = locks.hold(["/r/x"], () => Promise.resolve(1));
  await assertRejects(() => failed, Error, "no");
  assertEquals([await next, locks.size], [1, 0]);
});

Deno.test("where case does not count, it does not count here either", async () => {
  const locks = new PathLocks(true);
  const [a, b] = [new Step(locks, "a", "/r/\u00e9"), new Step(locks, "b", "/R/E\u0301/x")];
  assertEquals(await logOf(a, b), "+a -a +b -b");
});
