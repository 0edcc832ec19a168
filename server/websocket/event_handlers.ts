// Event handlers that are set as properties, such as `onmessage` (HTML 8.1.8.1): a listener in its place among the
// others, which calls whatever the property holds.

/** What such a property holds. */
// deno-lint-ignore no-explicit-any
export type EventHandler = ((event: any) => any) | null;

/** Those of one target. */
export class EventHandlers {
  readonly #target: EventTarget;
  readonly #set = new Map<string, { handler: EventHandler; listener: (event: Event) => void }>();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  /** What is set for a type of events. */
  get(type: string): EventHandler {
    return this.#set.get(type)?.handler ?? null;
  }

  /** Sets it; what is no function unsets it. */
  set(type: string, value: unknown): void {
    const handler = typeof value === "function" ? value as EventHandler : null;
    const before = this.#set.get(type);
    if (before !== undefined && handler !== null) {
      before.handler = handler;
    } else if (before !== undefined) {
      this.#target.removeEventListener(type, before.listener);
      this.#set.delete(type);
    } else if (handler !== null) {
      const entry = {
        handler,
        listener: (event: Event): void => entry.handler.call(this.#target, event),
      };
      this.#set.set(type, entry);
      this.#target.addEventListener(type, entry.listener);
    }
  }
}
