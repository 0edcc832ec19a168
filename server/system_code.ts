// What an error of the system is called. Pure.

const SYSTEM_CODE = /^E[A-Z0-9]+$/;

/** The code of an error of the system, such as `EEXIST`; `undefined` for any other value. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" && SYSTEM_CODE.test(code) ? code : undefined;
}
