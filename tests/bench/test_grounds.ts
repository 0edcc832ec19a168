// Where contestants of the bench are prepared in tests: a folder that goes with the stack, and the notes that were made.

import type { Grounds } from "../../bench/grounds.ts";

/** A signal that never aborts. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Grounds in a folder of their own. */
export async function makeGrounds(
  stack: AsyncDisposableStack,
): Promise<{ grounds: Grounds; notes: string[] }> {
  const folder = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const notes: string[] = [];
  const makeScratch = async (name: string) => {
    await Deno.mkdir(`${folder}/${name}`);
    return `${folder}/${name}`;
  };
  const docroot = await makeScratch("docroot");
  const onNote = (note: string) => notes.push(note);
  return { grounds: { docroot, makeScratch, connections: 64, signal: NEVER, onNote }, notes };
}
