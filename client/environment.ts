// The proxies that the environment names, as far as it may be read without asking anybody.

import { proxiesFromEnvironment, type ProxyChoice } from "./dial/proxy/proxy.ts";

/** The choice of proxies by the variables that curl reads too; undefined: none are named. */
export function environmentProxies(): ProxyChoice | undefined {
  return proxiesFromEnvironment(readVariable);
}

/** A variable of the environment; undefined where there is none, or it must not be read. */
export function readVariable(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}
