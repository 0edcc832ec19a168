// A folder that is served as the command does it, and how fast it takes what is uploaded: `await using site =
// new ServedFolder(...ALL_RIGHTS)`.

import type { Page } from "playwright-core";
import { type Connection, listen, type Server } from "../../server/mod.ts";
import { parseArguments } from "../../server/command/arguments.ts";
import { OptionValues } from "../../server/command/option_values.ts";
import { resolveSettings } from "../../server/command/settings.ts";
import { Site } from "../../server/command/site.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { portOf } from "../server/raw_client.ts";

/** Options of the command. */
export const ALL_RIGHTS: readonly string[] = ["--upload", "--edit"];

/** How much of what is uploaded the server takes: everything, unless it is told to stop. */
export class Gate {
  #left = Infinity;
  #changed = Promise.withResolvers<void>();

  /** Lets so many bytes more pass, and then none; or `Infinity`. */
  allow(bytes: number): void {
    this.#left = bytes;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Reads by `read`, which is given a count, no more than may pass; waits while that is nothing. */
  async pass<T extends Uint8Array>(count: number, read: (count: number) => Promise<T>): Promise<T> {
    while (this.#left === 0) await this.#changed.promise;
    const taken = Math.min(count, this.#left);
    this.#left -= taken;
    const bytes = await read(taken);
    this.#left += taken - bytes.length;
    return bytes;
  }
}

/** A served folder. */
export class ServedFolder implements AsyncDisposable {
  readonly tree: TempTree = new TempTree();
  readonly gate: Gate = new Gate();
  /** What was asked for: method and path of each request. */
  readonly requests: string[] = [];
  /** How many of them are being answered. */
  underWay = 0;
  readonly url: string;
  readonly #server: Server;
  #cuts = 0;

  /** `args` are options of the command. */
  constructor(...args: string[]) {
    const given = parseArguments([this.tree.root, "--quiet", ...args]);
    const settings = resolveSettings(new OptionValues(given)).site;
    const site = new Site(settings);
    // Pages go and uploads are cut in the middle of things: what becomes of that is what the tests look at.
    const onError = (): void => {};
    this.#server = listen("127.0.0.1", 0, { onError }, async (con, req) => {
      this.requests.push(`${req.method} ${req.rawPath}`);
      this.#slowDown(con);
      this.underWay++;
      try {
        await site.handler(con, req);
      } finally {
        this.underWay--;
      }
    });
    this.url = `http://127.0.0.1:${portOf(this.#server)}${settings.prefix}/`;
  }

  /** Cuts the connections of the next so many requests that have a body, once some of it has come. */
  cutNext(count: number): void {
    this.#cuts = count;
  }

  /** The names in the folder, hidden ones too. */
  names(folder = ""): string[] {
    return [...Deno.readDirSync(`${this.tree.root}/${folder}`)].map(({ name }) => name).sort();
  }

  /** How much has arrived of the one upload that is under way, if there is one. */
  sizeOfRest(): number | undefined {
    const rest = this.names().find((name) => name.startsWith("."));
    if (rest === undefined) return undefined;
    try {
      return Deno.statSync(`${this.tree.root}/${rest}`).size;
    } catch (error) {
      // The server removes it in a thread of its own.
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.gate.allow(Infinity);
    await this.#server.shutdown();
    this.tree[Symbol.dispose]();
  }

  #slowDown(con: Connection): void {
    const read = con.readBody;
    con.readBody = async (count, timeout) => {
      const bytes = await this.gate.pass(
        count ?? 65536,
        (count) => read.call(con, count, timeout),
      );
      if (bytes.length > 0 && this.#cuts > 0) {
        this.#cuts--;
        throw new Error("cut");
      }
      return bytes;
    };
  }
}

/** Chooses files as a user does, by what the driver's own way would read and send as a whole. */
export async function chooseFiles(page: Page, ...files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const expression = `document.getElementById("chooser")`;
  const { result } = await session.send("Runtime.evaluate", { expression });
  await session.send("DOM.setFileInputFiles", { files, objectId: result.objectId });
  await session.detach();
}
