// The errors of the command itself, each with what it ends with.

/** Arguments that make no sense, or name what cannot be used; the message is one line for whoever typed them. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** What the command ends with. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 2, options: ErrorOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The body cannot be printed. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/** A signal that ended the command. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signal: Deno.Signal;
  /** As shells report processes that a signal ended. */
  readonly exitCode: number;

  constructor(signal: Deno.Signal, number: number) {
    super(`Cannot go on: ${signal}`);
    this.signal = signal;
    this.exitCode = 128 + number;
  }
}
