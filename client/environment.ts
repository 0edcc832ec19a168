// The proxies that the environment names, as far as it may be read without asking anybody.

import { proxiesFromEnvironment, type ProxyChoice } from "./dial/proxy/proxy.ts";

/** The choice of proxies by the variables that curl reads too; undefined: none are named. */
export function environmentProxies(): ProxyChoice | undefined {
  return proxiesFromEnvironment((variable) => {
    const { state } = Deno.permissions.querySync({ name: "env", variable });
    return state === "granted" ? Deno.env.get(variable) : undefined;
  });
}
