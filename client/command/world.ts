// What the get command has of the world, and what the parts of a transfer share.

import type { Engine } from "../engine.ts";
import type { RequestOptions } from "../options.ts";
import type { ClientResponse } from "../response.ts";
import type { TraceLine } from "../trace.ts";
import type { GetArguments } from "./get_arguments.ts";
import type { Heads } from "./heads.ts";
import type { Input } from "./input.ts";
import type { StandardOutput } from "./output.ts";
import type { Terminal } from "./progress_bar.ts";
import type { ReadVariable } from "./proxies.ts";

/** What the command has of the world. */
export interface World {
  readonly stdin: Input;
  readonly stdout: StandardOutput & { isTerminal(): boolean };
  /** Where the progress bar goes; undefined: nobody would see it. */
  readonly terminal: Terminal | undefined;
  /** Called with the lines of `--verbose`. */
  readonly trace: TraceLine;
  /** Says what is not an error. */
  readonly warn: (text: string) => void;
  /** Asks for a password; undefined: there is nobody to ask. */
  readonly askPassword: ((prompt: string) => Promise<string>) | undefined;
  /** Reads a variable of the environment. */
  readonly environment: ReadVariable;
  /** Ends the transfer with its reason. */
  readonly signal: AbortSignal;
}

/** A transfer under way, as its parts see it. */
export interface Transfer {
  readonly get: GetArguments;
  readonly engine: Engine;
  readonly options: RequestOptions;
  readonly heads: Heads;
  readonly world: World;
  /** Called when the head of the response is there. */
  readonly onResponse: (response: ClientResponse) => void;
}
