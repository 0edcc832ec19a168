// From the arguments of the get command to the options of a request. Pure.

import { parseIpAddress } from "../dial/ip_address.ts";
import type { RequestOptions } from "../options.ts";
import type { GetArguments } from "./get_arguments.ts";
import { UsageError } from "./errors.ts";
import { headerFields } from "./header_fields.ts";
import type { Value } from "./options_table.ts";

/** The options that arguments ask for, but for those that depend on files or the world. Throws UsageError. */
export function requestOptions(get: GetArguments): RequestOptions {
  const { switches, values } = get;
  const options: RequestOptions = {
    timeout: 0,
    redirect: switches.has("location") ? "follow" : "manual",
    allowDowngrade: switches.has("allow-downgrade"),
    decode: switches.has("compressed"),
    insecure: switches.has("insecure"),
    headers: headerFields(get),
    unix: values["unix-socket"],
  };
  const maxTime = seconds(get, "max-time");
  if (maxTime !== undefined) {
    Object.assign(options, { timeout: maxTime, headTimeout: 0, idleTimeout: 0 });
  }
  options.connectTimeout = seconds(get, "connect-timeout");
  const maxRedirects = integer(get, "max-redirs", -1);
  if (maxRedirects !== undefined) {
    options.maxRedirects = maxRedirects === -1 ? Infinity : maxRedirects;
  }
  const retries = integer(get, "retry", 0);
  if (retries !== undefined && retries > 0) options.retry = { attempts: retries + 1 };
  if (switches.has("ipv4")) options.ipv6 = false;
  if (switches.has("ipv6")) options.ipv6 = true;
  if (switches.has("tlsv1.2")) options.minTlsVersion = "1.2";
  if (switches.has("tlsv1.3")) options.minTlsVersion = "1.3";
  if (values["dns-servers"] !== undefined) options.nameservers = values["dns-servers"].split(",");
  const { interface: from } = values;
  if (from !== undefined) {
    if (parseIpAddress(from) === undefined) options.device = from;
    else options.localAddress = from;
  }
  if (values.pinnedpubkey !== undefined) options.pin = pins(values.pinnedpubkey);
  if (get.resolve.length > 0) options.resolve = resolveTable(get.resolve);
  options.auth = credentials(get);
  return options;
}

function credentials({ switches, values }: GetArguments): RequestOptions["auth"] {
  const { user, "oauth2-bearer": token } = values;
  if (token !== undefined) {
    if (user !== undefined) {
      throw new UsageError('Cannot start: options "-u" and "--oauth2-bearer" exclude each other');
    }
    return { type: "bearer", token };
  }
  if (user === undefined) {
    if (switches.has("digest")) throw new UsageError('Cannot start: option "--digest" needs "-u"');
    return undefined;
  }
  const colon = user.indexOf(":");
  const username = colon < 0 ? user : user.slice(0, colon);
  const password = colon < 0 ? "" : user.slice(colon + 1);
  return { type: switches.has("digest") ? "digest" : "basic", username, password };
}

const RESOLVE = /^[+]?(\[[^\]]+\]|[^:[\]]+):(\d+|\*):(.+)$/;

/** `host:port:address[,address]...`, the host perhaps `*`. */
function resolveTable(entries: readonly string[]): Record<string, string[]> {
  const table: Record<string, string[]> = Object.create(null);
  for (const entry of entries) {
    const match = RESOLVE.exec(entry);
    if (match === null) refuse("--resolve", entry, '"host:port:address"');
    const [, host, port, addresses] = match!;
    const list = addresses!.split(",").map((it) => it.replace(/^\[(.*)\]$/, "$1"));
    for (const address of list) {
      if (parseIpAddress(address) === undefined) refuse("--resolve", entry, '"host:port:address"');
    }
    table[`${host}:${port}`] = list;
  }
  return table;
}

function pins(text: string): string[] {
  return text.split(";").map((pin) => {
    if (!/^sha256\/\/[A-Za-z0-9+/]{43}=$/.test(pin)) {
      refuse("--pinnedpubkey", pin, '"sha256//BASE64"');
    }
    return pin.replace("//", "/");
  });
}

function seconds({ values }: GetArguments, name: Value): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!/^(?:\d+\.?\d*|\.\d+)$/.test(text)) refuse(`--${name}`, text, "a number of seconds");
  return Number(text);
}

function integer({ values }: GetArguments, name: Value, least: number): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = /^-?\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(number >= least)) refuse(`--${name}`, text, `an integer from ${least}`);
  return number;
}

function refuse(option: string, value: string, wanted: string): never {
  throw new UsageError(`Cannot start: option "${option}" is "${value}", not ${wanted}`);
}
