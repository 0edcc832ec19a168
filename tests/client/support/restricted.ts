// A program with fewer permissions than the tests: what it says when it may not do something.

const CLIENT = new URL("../../../client/", import.meta.url);
const CONFIG = new URL("../../../deno.json", import.meta.url);

/** More about how it is run. */
export interface RestrictedOptions {
  /** Environment variables, besides those of the tests. */
  readonly env?: Record<string, string>;
  /** A program with arguments that starts it. */
  readonly through?: string[];
}

/**
 * Runs code, in which `@client/` stands for the folder of the client, with these permissions. Gives what it
 * printed, or the message of what it threw.
 */
export async function runRestricted(
  permissions: string[],
  code: string,
  { env = {}, through = [] }: RestrictedOptions = {},
): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/program.ts`;
    await Deno.writeTextFile(path, code.replaceAll("@client/", CLIENT.href));
    const deno = ["run", "--quiet", "--no-prompt", "--config", CONFIG.pathname, ...permissions];
    const [program, ...args] = [...through, Deno.execPath(), ...deno, path];
    const { stdout, stderr } = await new Deno.Command(program!, {
      args,
      env: { ...env, NO_COLOR: "1" },
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
