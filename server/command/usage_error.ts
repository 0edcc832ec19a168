// Options that make no sense.

/** Its message is one line for whoever gave the options: `Cannot start: ` and what is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(why: string, options?: ErrorOptions) {
    super(`Cannot start: ${why}`, options);
  }
}
