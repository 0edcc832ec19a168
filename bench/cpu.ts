/**
 * How much processor time a server and its descendants have used, from /proc (Linux). Time of
 * children that have ended and were waited for is part of it, so a worker that is replaced between
 * two readings is not lost.
 */

/** What one /proc/PID/stat line tells about a process. */
export interface ProcessStat {
  pid: number;
  parentPid: number;
  /** User and system time of the process and of its ended children, in milliseconds. */
  cpuMs: number;
}

/** USER_HZ, the unit of the times in /proc/PID/stat; 100 a second wherever Deno runs on Linux. */
const TICK_MS = 10;

/** Reads a /proc/PID/stat line, or returns undefined when it is none. */
export function parseStat(line: string): ProcessStat | undefined {
  // The second field is the program's name in parentheses, and may itself hold spaces and ")".
  const end = line.lastIndexOf(")");
  if (end < 0) return undefined;
  const pid = Number.parseInt(line, 10);
  // Field 3 (state) is rest[0]; ppid is field 4; utime, stime, cutime, cstime are 14 to 17.
  const rest = line.slice(end + 2).split(" ");
  const parentPid = Number(rest[1]);
  const ticks = rest.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  if (!Number.isInteger(pid) || !Number.isInteger(parentPid)) return undefined;
  if (rest.length < 15 || !Number.isFinite(ticks)) return undefined;
  return { pid, parentPid, cpuMs: ticks * TICK_MS };
}

/** The process `root` and all of its descendants among `all`. */
export function familyOf(root: number, all: readonly ProcessStat[]): ProcessStat[] {
  const family = all.filter((one) => one.pid === root);
  for (let i = 0; i < family.length; i++) {
    family.push(...all.filter((one) => one.parentPid === family[i].pid));
  }
  return family;
}

/** The processor time of a process and its descendants in milliseconds; undefined without /proc. */
export function readCpuMs(root: number): number | undefined {
  const family = familyOf(root, readAllStats());
  if (family.length === 0) return undefined;
  return family.reduce((sum, one) => sum + one.cpuMs, 0);
}

/** The ids of a process and its descendants that are alive; only `root` without /proc. */
export function readFamilyPids(root: number): number[] {
  const pids = familyOf(root, readAllStats()).map((one) => one.pid);
  return pids.length > 0 ? pids : [root];
}

function readAllStats(): ProcessStat[] {
  const stats: ProcessStat[] = [];
  try {
    for (const entry of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(entry.name)) continue;
      const stat = tryReadStat(entry.name);
      if (stat) stats.push(stat);
    }
  } catch (error) {
    // No /proc here (not Linux): the report then has no processor times.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return stats;
}

function tryReadStat(pid: string): ProcessStat | undefined {
  try {
    return parseStat(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return undefined; // ended between the listing and the reading
  }
}
