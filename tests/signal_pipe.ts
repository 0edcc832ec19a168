// Makes the runtime open its pair of sockets for signals now. Else it does so when it first gets to it, whenever that
// is: a descriptor more for a test that counts them, and a panic in a process that has none left by then.

if (Deno.build.os !== "windows") {
  const nothing = (): void => {};
  Deno.addSignalListener("SIGUSR2", nothing);
  Deno.removeSignalListener("SIGUSR2", nothing);
}
