// The memory of another process, as its system tells.

/** Memory of a process in bytes, now or at its most; undefined where the system does not tell. */
export function processMemory(pid: number, what: "VmRSS" | "VmHWM"): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(new RegExp(`^${what}:\\s*(\\d+) kB$`, "m").exec(status)![1]) * 1024;
}
