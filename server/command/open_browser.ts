// Opens a browser, with the program that each system has for that.

import { isGranted } from "./rights.ts";

type System = typeof Deno.build.os;

/** The program and its arguments that open a URL. */
export function openerOf(url: string, os: System = Deno.build.os): [program: string, ...string[]] {
  if (os === "windows") return ["explorer.exe", url];
  return os === "darwin" ? ["open", url] : ["xdg-open", url];
}

/** Opens `url`; resolves with what is wrong when that cannot be done. Does not prompt. */
export async function openBrowser(url: string): Promise<string | undefined> {
  const [program, ...args] = openerOf(url);
  if (!isGranted({ name: "run", command: program })) {
    return `Cannot open a browser: this needs --allow-run=${program}`;
  }
  try {
    const command = new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    });
    const { code } = await command.spawn().status;
    // What Windows answers says nothing.
    if (code === 0 || Deno.build.os === "windows") return undefined;
    return `Cannot open a browser: ${program} ended with code ${code}`;
  } catch (error) {
    return `Cannot open a browser: ${(error as Error).message}`;
  }
}
