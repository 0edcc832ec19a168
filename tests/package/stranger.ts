/**
 * A stranger's machine for the tests of the package: an empty folder, an empty cache, no
 * configuration, and a registry that offers this package as it would be published.
 */
import { readOwnPackage } from "../../tools/jsr/own_package.ts";
import { type RegistryPackage, serveRegistry } from "../../tools/jsr/registry.ts";
import { readStdPackages } from "../../tools/jsr/std.ts";
import { ROOT } from "../tools/deno_process.ts";

/** Where a stranger works. Disposing of it removes every trace. */
export interface Stranger extends AsyncDisposable {
  folder: string;
  /** The environment for deno. */
  env: Record<string, string>;
}

let ownPackage: Promise<RegistryPackage> | undefined;

/** This package as it would be published; read once. */
export function readPackage(): Promise<RegistryPackage> {
  return ownPackage ??= (async () => {
    const registry = await serveRegistry(await readStdPackages());
    try {
      return await readOwnPackage(ROOT, registry.url);
    } finally {
      await registry.close();
    }
  })();
}

/** Sets a stranger up. */
export async function makeStranger(): Promise<Stranger> {
  const registry = await serveRegistry([...await readStdPackages(), await readPackage()]);
  const folder = await Deno.makeTempDir({ prefix: "stranger_" });
  const cache = await Deno.makeTempDir({ prefix: "stranger_cache_" });
  return {
    folder,
    env: { DENO_DIR: cache, JSR_URL: registry.url },
    [Symbol.asyncDispose]: async () => {
      await Deno.remove(folder, { recursive: true });
      await Deno.remove(cache, { recursive: true });
      await registry.close();
    },
  };
}
