import { assertEquals, assertRejects } from "@std/assert";
import { askPassword, type Keyboard } from "../../../client/command/password.ts";

/** A keyboard on which texts are typed, one after the other. */
class Typist implements Keyboard {
  readonly raw: boolean[] = [];
  readonly #texts: (string | null)[];

  constructor(...texts: (string | null)[]) {
    this.#texts = texts;
  }

  setRaw(isRaw: boolean): void {
    this.raw.push(isRaw);
  }

  read(buffer: Uint8Array): Promise<number | null> {
    const text = this.#texts.shift();
    if (text === undefined) return new Promise(() => {});
    if (text === null) return Promise.resolve(null);
    return Promise.resolve(new TextEncoder().encodeInto(text, buffer).written);
  }
}

async function ask(...texts: (string | null)[]): Promise<string> {
  const typist = new Typist(...texts);
  let shown = "";
  const show = (text: string): void => void (shown += text);
  const password = await askPassword("Password: ", typist, show, new AbortController().signal);
  assertEquals([shown, typist.raw], ["Password: \n", [true, false]]);
  return password;
}

Deno.test("askPassword() takes what is typed up to the end of the line, and shows none of it", async () => {
  assertEquals(await ask("se", "cret\r"), "secret");
  assertEquals(await ask("\n"), "");
  assertEquals(await ask("a\x04"), "a");
  assertEquals(await ask("a", null), "a");
});

Deno.test("askPassword() lets the last characters, or all, be taken back", async () => {
  assertEquals(await ask("ab\x7f\x08c\r"), "c");
  assertEquals(await ask("aé\x7f\r"), "a");
  assertEquals(await ask("\x7fa\x15b\r"), "b");
});

Deno.test("askPassword() ends with the signal, and leaves the terminal as it was", async () => {
  const typist = new Typist();
  const aborter = new AbortController();
  const asking = askPassword("?", typist, () => {}, aborter.signal);
  const reason = new Error("enough");
  aborter.abort(reason);
  assertEquals(await assertRejects(() => asking), reason);
  assertEquals(typist.raw, [true, false]);
});
