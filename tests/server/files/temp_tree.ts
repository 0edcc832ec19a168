// A folder for one test, gone when the test is over: `using tree = new TempTree()`.
// Its root is `tree.root`; `tree.outside` is a folder beside it that must never be served.

export class TempTree {
  readonly top: string = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "eco_http_files_" }));
  readonly root: string = `${this.top}/root`;
  readonly outside: string = `${this.top}/outside`;

  constructor() {
    Deno.mkdirSync(this.root);
    Deno.mkdirSync(this.outside);
  }

  /** Writes a file below the root, with the folders it needs; returns its path. */
  write(relative: string, content: string | Uint8Array<ArrayBuffer> = relative): string {
    return this.#write(`${this.root}/${relative}`, content);
  }

  writeOutside(relative: string, content = "outside"): string {
    return this.#write(`${this.outside}/${relative}`, content);
  }

  folder(relative: string): void {
    Deno.mkdirSync(`${this.root}/${relative}`, { recursive: true });
  }

  /** A symbolic link at `relative`, with its target as written. */
  link(relative: string, target: string): void {
    Deno.symlinkSync(target, `${this.root}/${relative}`);
  }

  fifo(relative: string): void {
    const { success } = new Deno.Command("mkfifo", { args: [`${this.root}/${relative}`] })
      .outputSync();
    if (!success) throw new Error(`Cannot make FIFO "${relative}": mkfifo failed`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.top, { recursive: true });
  }

  #write(path: string, content: string | Uint8Array<ArrayBuffer>): string {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    Deno.writeFileSync(path, bytes);
    return path;
  }
}

/** Runs `action` while no time passes: for it, files that are made from here on were changed just now. */
export function atOnce<T>(action: () => Promise<T>): Promise<T> {
  const nowMs = Date.now();
  return withNow(() => nowMs, action);
}

/** Runs `action` at a time at which the files made before are old enough to be kept in memory. */
export function later<T>(action: () => Promise<T>): Promise<T> {
  const { now } = Date;
  return withNow(() => now() + 10_000, action);
}

/** Runs `action` with another clock. */
async function withNow<T>(clock: () => number, action: () => Promise<T>): Promise<T> {
  const { now } = Date;
  Date.now = clock;
  try {
    return await action();
  } finally {
    Date.now = now;
  }
}
