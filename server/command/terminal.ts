// What a command says to the terminal beside its output.

import { DEFAULT_WIDTH } from "./help.ts";

/** The width of the terminal, in columns. */
export function columns(): number {
  try {
    return Deno.consoleSize().columns || DEFAULT_WIDTH;
  } catch {
    // The output goes elsewhere.
    return DEFAULT_WIDTH;
  }
}

/** The message of an error in one line, however many it has. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*[\r\n]+\s*/g, " ");
}

/** That responses were cut at the end, and how they would not be. */
export function cutMessage(count: number): string {
  return `Cannot wait any longer: responses cut under way: ${count}; --grace gives them more time`;
}

/** Says what is not as it should be, though it goes on. */
export function warn(message: string): void {
  console.error(`warning: ${message}`);
}

/** Says what could not be done. */
export function complain(message: string): void {
  console.error(`error: ${message}`);
}
