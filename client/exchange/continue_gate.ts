// What a body waits for that is to be sent only if the server wants it: `100 Continue`, any other answer, or
// the silence of a server that does not know the expectation (RFC 9110 10.1.1).

import { Deadline } from "../../wire/deadline.ts";

/** How long the server is waited for, in milliseconds. */
const SILENCE_MS = 1000;

/** Opens once, and stays open. */
export class ContinueGate {
  /** Resolves when it has opened. */
  readonly opened: Promise<void>;
  /** Opens it. */
  readonly open: () => void;
  readonly #deadline: Deadline;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.opened = promise;
    this.open = resolve;
    this.#deadline = new Deadline(resolve);
    this.#deadline.arm(SILENCE_MS);
  }

  /** Waits no longer for silence. */
  stop(): void {
    this.#deadline.remove();
  }
}
