/**
 * `deno task ok`: every check that a commit must pass besides the tests. All of them run, whatever
 * fails, and the last lines say which did: `check | formatting | passed`. Names given as arguments
 * choose among them.
 */

/** A check is one run of deno. */
interface Check {
  name: string;
  args: string[];
}

/** The checks of this repository. */
function checks(entryPoints: string[], documented: string[]): Check[] {
  return [
    { name: "formatting", args: ["fmt", "--check"] },
    { name: "lint", args: ["lint"] },
    { name: "types", args: ["check", "."] },
    { name: "docs", args: ["doc", "--quiet", "--lint", ...entryPoints] },
    { name: "examples", args: ["test", "--quiet", "--doc", "--allow-all", ...documented] },
    { name: "publish", args: ["publish", "--dry-run", "--allow-dirty"] },
  ];
}

async function main(wanted: string[]): Promise<number> {
  const { exports } = JSON.parse(await Deno.readTextFile("deno.json"));
  const entryPoints = Object.values<string>(exports);
  const all = checks(entryPoints, await documentedPaths());
  const chosen = wanted.length === 0 ? all : all.filter(({ name }) => wanted.includes(name));
  if (chosen.length === 0) {
    const names = all.map(({ name }) => name).join(", ");
    console.error(`error: Cannot check "${wanted.join(" ")}": the checks are ${names}`);
    return 1;
  }

  const verdicts: string[] = [];
  let failures = 0;
  for (const { name, args } of chosen) {
    console.log(`\ncheck ${name}: deno ${args.join(" ")}`);
    const child = new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
    const { success } = await child.status;
    if (!success) failures++;
    verdicts.push(`check | ${name} | ${success ? "passed" : "failed"}`);
  }
  console.log(`\n${verdicts.join("\n")}`);
  return failures === 0 ? 0 : 1;
}

/** Where examples may stand: the README and the sources that are published. */
async function documentedPaths(): Promise<string[]> {
  const { publish } = JSON.parse(await Deno.readTextFile("deno.json"));
  const include: string[] = publish.include;
  return include.map((pattern) => pattern.replace("/**/*.ts", "/"))
    .filter((path) => path === "README.md" || path.endsWith(".ts") || path.endsWith("/"));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
