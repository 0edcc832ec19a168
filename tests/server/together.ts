// Tests that mostly wait, run at the same time: `test("…", async () => {…})` as often as needed, then
// `test.register("…")` at the end of the file. Each is a step of one test, whose sanitizers see to all of them.

type Run = () => Promise<void>;

/** Collects tests. */
export interface Together {
  (name: string, run: Run): void;
  /** Makes one test of them. */
  register(name: string): void;
}

/** Begins a collection. */
export function together(): Together {
  const runs: [name: string, run: Run][] = [];
  const add = (name: string, run: Run): void => void runs.push([name, run]);
  const register = (name: string): void =>
    Deno.test(name, async (t) => {
      // Steps beside each other cannot tell whose resources are whose.
      const sanitizers = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
      const steps = runs.map(([name, fn]) => t.step({ name, fn, ...sanitizers }));
      for (const passed of await Promise.all(steps)) {
        if (!passed) throw new Error("Not all of them passed");
      }
    });
  return Object.assign(add, { register });
}
