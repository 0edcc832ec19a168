// Connections that left HTTP, and still belong to the server: they are told when it ends, and it has not ended
// before they have.

/** One such connection. */
export interface Guest {
  /** The server begins to shut down. */
  goAway(): void;
  /** The server ends at once. */
  cut(): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** Those of one server. */
export class Guests {
  readonly #guests = new Set<Guest>();
  readonly #cut = new WeakSet<Guest>();
  readonly #onEnd: () => void;

  /** `onEnd` is called when one has ended. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** How many there are. */
  get count(): number {
    return this.#guests.size;
  }

  /** Takes one in until it has ended. */
  add(guest: Guest): void {
    this.#guests.add(guest);
    guest.ended.finally(() => {
      this.#guests.delete(guest);
      this.#onEnd();
    });
  }

  /** Asks all to leave. */
  goAway(): void {
    for (const guest of this.#guests) guest.goAway();
  }

  /** Ends all at once; how many that had not been told before. */
  cut(): number {
    const guests = [...this.#guests].filter((guest) => !this.#cut.has(guest));
    for (const guest of guests) {
      this.#cut.add(guest);
      guest.cut();
    }
    return guests.length;
  }
}
