// How many descriptors this process has open, for tests that count them before and after.

if (Deno.build.os === "linux") {
  // The runtime makes a pair of sockets when it first sees a signal, whenever that is: better now.
  const nothing = (): void => {};
  Deno.addSignalListener("SIGUSR2", nothing);
  Deno.removeSignalListener("SIGUSR2", nothing);
}

/** The number of open descriptors; only Linux tells, elsewhere it is 0. */
export function countDescriptors(): number {
  return Deno.build.os === "linux" ? [...Deno.readDirSync("/proc/self/fd")].length : 0;
}
