/**
 * `with_jsr.ts <deno arguments>` runs deno with the arguments given, on any machine: as it is
 * where JSR answers, and with a stand-in registry on loopback where it does not, which offers the
 * `@std/*` packages from npm. It decides once, when it starts. The stand-in ends with the child,
 * whose exit code becomes ours. `JSR_STAND_IN=1` forces the stand-in, `JSR_STAND_IN=0` forbids it,
 * and with `JSR_URL` set nothing is decided here.
 */
import { tryImport } from "./jsr/probe.ts";
import { serveRegistry } from "./jsr/registry.ts";
import { runDeno } from "./jsr/run_deno.ts";
import { readStdPackages, STD_ON_NPM } from "./jsr/std.ts";

const JSR_DEADLINE_MS = 1500;
const NPM_DEADLINE_MS = 60_000;

/** A small module that this project imports from JSR, and the same one on npm. */
const FROM_JSR = "@std/fmt/bytes";
const FROM_NPM = `${STD_ON_NPM}/fmt/bytes.js`;

async function main(args: string[]): Promise<number> {
  if (Deno.env.get("JSR_URL") || !(await needsStandIn(Deno.env.get("JSR_STAND_IN")))) {
    return await runDeno(args);
  }
  const failure = await tryImport(FROM_NPM, NPM_DEADLINE_MS);
  if (failure !== undefined) {
    console.error(
      `error: Cannot load the standard library: JSR does not answer, and neither does npm in ` +
        `its place ("${FROM_NPM}": ${failure.message})`,
    );
    return 1;
  }
  const registry = await serveRegistry(await readStdPackages());
  try {
    return await runDeno(args, { JSR_URL: registry.url });
  } finally {
    await registry.close();
  }
}

async function needsStandIn(wish: string | undefined): Promise<boolean> {
  if (wish === "1") return true;
  if (wish === "0") return false;
  return await tryImport(FROM_JSR, JSR_DEADLINE_MS) !== undefined;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
