// Programs that cannot look for a free port themselves: `await using it = await PlacedProgram.start(...)`. Each
// gets a folder of its own, which goes with it.

import { freePort } from "../free_port.ts";
import { ChildProgram, type ProgramOptions } from "./child_program.ts";

const ATTEMPTS = 5;

/** Says what to start in a folder, on ports. */
export type Plan = (
  folder: string,
  ports: readonly number[],
) => ProgramOptions | Promise<ProgramOptions>;

/** A running program with its folder and ports. */
export class PlacedProgram implements AsyncDisposable {
  readonly folder: string;
  readonly ports: readonly number[];
  readonly child: ChildProgram;

  private constructor(folder: string, ports: readonly number[], child: ChildProgram) {
    this.folder = folder;
    this.ports = ports;
    this.child = child;
  }

  /** Starts it on ports that were free a moment ago, and on others if they are no longer. */
  static async start(name: string, portCount: number, plan: Plan): Promise<PlacedProgram> {
    for (let attempt = 1;; attempt++) {
      const made = await Deno.makeTempDir({ prefix: `eco_http_${name}_` });
      const folder = await Deno.realPath(made);
      const ports = Array.from({ length: portCount }, () => freePort());
      try {
        const child = await ChildProgram.start(await plan(folder, ports));
        return new PlacedProgram(folder, ports, child);
      } catch (error) {
        await Deno.remove(folder, { recursive: true });
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}
