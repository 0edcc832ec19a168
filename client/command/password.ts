// Asks for a password on the terminal, without showing what is typed.

import { beforeAbort } from "../dial/aborting.ts";

/** A terminal that is typed on. */
export interface Keyboard {
  /** Whether keys are given at once and not shown. Signals still come as such. */
  setRaw(isRaw: boolean): void;
  /** Fills a buffer; null: nothing more will come. */
  read(buffer: Uint8Array): Promise<number | null>;
}

const [END, BACKSPACE, NEWLINE, RETURN, ERASE, DELETE] = [4, 8, 10, 13, 21, 127];

/** Asks with `prompt`. Rejects with the reason of the signal, and leaves the terminal as it was in any case. */
export async function askPassword(
  prompt: string,
  keyboard: Keyboard,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const typed: number[] = [];
  const buffer = new Uint8Array(256);
  keyboard.setRaw(true);
  try {
    show(prompt);
    while (true) {
      const count = await beforeAbort(keyboard.read(buffer), signal);
      for (const byte of buffer.subarray(0, count ?? 0)) {
        if (byte === NEWLINE || byte === RETURN || byte === END) return textOf(typed);
        if (byte === ERASE) typed.length = 0;
        else if (byte === BACKSPACE || byte === DELETE) removeCharacter(typed);
        else typed.push(byte);
      }
      if (count === null) return textOf(typed);
    }
  } finally {
    keyboard.setRaw(false);
    show("\n");
  }
}

/** Takes the last character away, all of its bytes. */
function removeCharacter(bytes: number[]): void {
  while (bytes.length > 0 && (bytes.pop()! & 0xc0) === 0x80);
}

function textOf(bytes: number[]): string {
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
