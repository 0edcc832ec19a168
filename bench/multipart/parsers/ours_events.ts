// This library's synchronous core: `MultipartParser`, whose events are pulled after every chunk.
import { MultipartParser, parseContentDisposition } from "../../../multipart/mod.ts";
import { serveJobs } from "../../clients/runs.mjs";
import type { FileWitness, Parse, Witness } from "../job.ts";
import { parsing } from "../runs.mjs";

/** Takes the events of a form. */
class Reader {
  #witness: Witness;
  #name = "";
  #filename: string | undefined;
  #file: FileWitness | undefined;
  /** What there is of a value that comes in pieces. */
  #value = "";
  #isCut = false;
  #decoder = new TextDecoder();

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  read(parser: MultipartParser): void {
    for (let event; (event = parser.pull()) !== undefined;) {
      if (event.type === "header") this.#takeHeader(event.name, event.value);
      else if (event.type === "body") this.#takeBody(event.data, event.done);
      else return;
    }
  }

  #takeHeader(name: string, value: string): void {
    if (name !== "content-disposition") return;
    const disposition = parseContentDisposition(value);
    this.#name = disposition.name ?? "";
    this.#filename = disposition.filename;
  }

  #takeBody(data: Uint8Array<ArrayBuffer>, done: boolean): void {
    if (this.#filename === undefined) {
      this.#takeValue(data, done);
      return;
    }
    this.#file ??= this.#witness.file(this.#name, this.#filename);
    this.#file.add(data);
    if (!done) return;
    this.#file.end();
    this.#file = undefined;
  }

  #takeValue(data: Uint8Array<ArrayBuffer>, done: boolean): void {
    if (done && !this.#isCut) {
      this.#witness.field(this.#name, this.#decoder.decode(data));
      return;
    }
    // A character may be cut as well.
    this.#value += this.#decoder.decode(data, { stream: !done });
    this.#isCut = !done;
    if (this.#isCut) return;
    this.#witness.field(this.#name, this.#value);
    this.#value = "";
  }
}

// deno-lint-ignore require-await -- the others wait, and this one's errors are to reject as theirs do
const parse: Parse = async (chunks, boundary, witness) => {
  const parser = new MultipartParser(boundary, { maxParts: Infinity });
  const reader = new Reader(witness);
  for (const chunk of chunks) {
    parser.push(chunk);
    reader.read(parser);
  }
  parser.end();
  reader.read(parser);
};

await serveJobs(parsing(parse));
