/** A file of zeros that takes no room on the disk, and goes with the test. */
export class SparseFile implements Disposable {
  readonly path: string = Deno.makeTempFileSync({ prefix: "eco_http_sparse_" });

  constructor(size: number) {
    Deno.truncateSync(this.path, size);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path);
  }
}
