// What the get command has of the world, made of strings: `await new FakeWorld().run("-i", url)`.

import { parseArguments } from "../../../client/command/arguments.ts";
import type { Input } from "../../../client/command/input.ts";
import { transfer } from "../../../client/command/transfer.ts";
import type { World } from "../../../client/command/world.ts";

/** A world that keeps what it is told. */
export class FakeWorld implements World {
  printed = "";
  drawn = "";
  readonly traced: string[] = [];
  readonly aborter: AbortController = new AbortController();
  readonly signal: AbortSignal = this.aborter.signal;
  readonly stdin: { -readonly [Name in keyof Input]: Input[Name] } = {
    readAll: () => Promise.resolve(new TextEncoder().encode("typed")),
    stream: () => new Blob(["typed"]).stream(),
  };
  readonly terminal: World["terminal"] = {
    write: (text: string) => void (this.drawn += text),
    columns: 80,
    now: () => 0, // it takes no time, however long it takes
  };
  isTerminal = false;

  /** The line that stays: a transfer that took its time was drawn before, as far as it was. */
  get lastDrawn(): string {
    return this.drawn.split("\r").at(-1)!;
  }

  readonly stdout: World["stdout"] = {
    write: (bytes: Uint8Array) => {
      this.printed += String.fromCharCode(...bytes);
      return Promise.resolve(bytes.length);
    },
    isTerminal: () => this.isTerminal,
  };
  readonly warned: string[] = [];
  readonly warn: World["warn"] = (text) => void this.warned.push(text);
  askPassword: World["askPassword"] = undefined;
  readonly environment: World["environment"] = () => undefined;
  readonly trace: World["trace"] = (mark, line) => void this.traced.push(`${mark} ${line}`);

  async run(...args: string[]): Promise<void> {
    const command = parseArguments(args);
    if (command.action !== "get") throw new Error("Not a get");
    await transfer(command.get, this);
  }
}
