// Which proxy the get command uses: that of -x, or of the environment, with the user of -U, and for which hosts
// none. Pure.

import { parseNoProxy } from "../dial/proxy/no_proxy.ts";
import {
  parseProxy,
  proxiesFromEnvironment,
  type ProxyChoice,
  type ProxySettings,
} from "../dial/proxy/proxy.ts";
import type { GetArguments } from "./get_arguments.ts";
import { UsageError } from "./errors.ts";

/** Reads a variable of the environment. */
export type ReadVariable = (name: string) => string | undefined;

/** The choice. As in curl, `no_proxy` holds for -x too, and --noproxy stands for it. Throws UsageError. */
export function chooseProxies({ values }: GetArguments, environment: ReadVariable): ProxyChoice {
  const { proxy, noproxy, "proxy-user": user } = values;
  const read: ReadVariable = (name) => {
    return noproxy !== undefined && /^no_proxy$/i.test(name) ? noproxy : environment(name);
  };
  const choose = proxy === undefined ? proxiesFromEnvironment(read) : given(proxy, read);
  if (choose === undefined) return () => undefined;
  if (user === undefined) return choose;
  const changed = new Map<ProxySettings, ProxySettings>();
  return (secure, host, port) => {
    const settings = choose(secure, host, port);
    if (settings === undefined) return undefined;
    let own = changed.get(settings);
    if (own === undefined) changed.set(settings, own = { ...settings, ...credentials(user) });
    return own;
  };
}

function given(proxy: string, read: ReadVariable): ProxyChoice | undefined {
  if (proxy === "") return undefined;
  let settings: ProxySettings;
  try {
    settings = parseProxy(proxy, "-x");
  } catch (cause) {
    throw new UsageError((cause as Error).message, 5, { cause });
  }
  const isExcepted = parseNoProxy(read("no_proxy") || read("NO_PROXY") || "");
  return (_, host, port) => isExcepted(host, port) ? undefined : settings;
}

function credentials(user: string): Pick<ProxySettings, "username" | "password"> {
  const colon = user.indexOf(":");
  if (colon < 0) return { username: user, password: "" };
  return { username: user.slice(0, colon), password: user.slice(colon + 1) };
}
