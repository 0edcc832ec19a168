/**
 * Whether deno can read a module from where it looks for it: asked of deno itself, so that
 * its cache, proxies and certificates count, with a deadline, since some networks never answer.
 */

/** Loads `specifier`; returns what failed, or undefined when all is well. */
export async function tryImport(specifier: string, deadlineMs: number): Promise<Error | undefined> {
  const late = Promise.withResolvers<Error>();
  const timer = setTimeout(
    () => late.resolve(new Error(`no answer within ${deadlineMs / 1000} seconds`)),
    deadlineMs,
  );
  // The specifier is a variable on purpose: deno loads literal ones ahead of the program.
  const loaded = import(specifier).then(() => undefined, (error: Error) => error);
  try {
    return await Promise.race([loaded, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
