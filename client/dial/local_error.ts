// The address or device to connect from cannot be used: what an option asks for is not on this machine.

/** An error about the local end of a connection. */
export class LocalError extends Error {
  override readonly name = "LocalError";
}
