// Keeps what is being written into a folder from taking room on the disk: `using puncher = new HolePuncher(folder)`
// frees the blocks of large files there while they grow, all but those at their ends.

const EVERY_MS = 100;
const MIB = 1024 * 1024;
/** What is kept of each file, at its end. */
const KEPT_BYTES = 64 * MIB;

/** Whether this system and the disk of a folder can do that. */
export function canPunchHoles(folder: string): boolean {
  const path = `${folder}/punched`;
  Deno.writeFileSync(path, new Uint8Array(MIB));
  try {
    return punch(path, MIB).outputSync().success;
  } catch {
    // There is no such program.
    return false;
  } finally {
    Deno.removeSync(path);
  }
}

function punch(path: string, length: number): Deno.Command {
  const args = ["--punch-hole", "--offset", "0", "--length", String(length), path];
  return new Deno.Command("fallocate", { args, stdin: "null", stdout: "null", stderr: "null" });
}

/** Frees blocks until it is disposed of. */
export class HolePuncher implements Disposable {
  readonly #folder: string;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#timer = setInterval(() => this.#punch(), EVERY_MS);
  }

  #punch(): void {
    for (const { name, isFile } of Deno.readDirSync(this.#folder)) {
      if (!isFile) continue;
      const path = `${this.#folder}/${name}`;
      try {
        const length = Deno.statSync(path).size - KEPT_BYTES;
        // What is gone by now is no longer in the way.
        if (length > 0) punch(path, length).outputSync();
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
