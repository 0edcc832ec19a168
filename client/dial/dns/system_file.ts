// Small files that tell how the machine is set up.

/** Such a file; undefined where the machine has none. `option` is what needs it, for the error. */
export async function tryReadSystemFile(path: string, option: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    if (cause instanceof Deno.errors.NotCapable) {
      throw new Error(`option "${option}" needs --allow-read=${path}`, { cause });
    }
    throw cause;
  }
}
