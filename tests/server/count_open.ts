// How often a file is open, for tests of what becomes of it: other descriptors come and go beside it, as connections
// do that are not accepted yet, or that the runtime closes in its own time.

/** How often this process has a file of that name open; only Linux tells, elsewhere it is 0. */
export function countOpen(name: string): number {
  if (Deno.build.os !== "linux") return 0;
  const isOpen = (link: string): boolean => {
    try {
      return Deno.readLinkSync(link).endsWith(`/${name}`);
    } catch {
      // Closed since it was listed.
      return false;
    }
  };
  return [...Deno.readDirSync("/proc/self/fd")].filter((it) => isOpen(`/proc/self/fd/${it.name}`))
    .length;
}
