// The options that change the way to a server: checked, and made into what two requests must have in
// common to share a connection.

import { isDnsName, tryHostName } from "./host_name.ts";
import { parseIpAddress, unbracketed } from "./ip_address.ts";
import type { RequestOptions } from "../options.ts";
import type { AllowAddress, NameServer, RouteSettings } from "./route_settings.ts";
import { readPem, tryPrivateKey } from "./tls/pem.ts";
import { parseProxy, type ProxyChoice } from "./proxy/proxy.ts";

/** The way without any option: TCP by name, as the system does it. */
export const DEFAULT_ROUTE: RouteSettings = {
  ipv6: undefined,
  nameservers: undefined,
  mark: undefined,
  device: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  insecure: false,
  serverName: undefined,
  pin: undefined,
  minTlsVersion: undefined,
  unix: undefined,
  localAddress: undefined,
  resolve: undefined,
  allowAddress: undefined,
  proxy: undefined,
};

/** The names of these options. */
export const ROUTE_OPTIONS: ReadonlySet<string> = new Set(Object.keys(DEFAULT_ROUTE));

/** What has no meaning on a unix socket. A guard that is not asked would be worse than none. */
const NOT_WITH_UNIX = [
  "allowAddress",
  "device",
  "ipv6",
  "localAddress",
  "mark",
  "nameservers",
  "resolve",
] as const;

type Draft = { -readonly [Name in keyof RouteSettings]: RouteSettings[Name] };

/** Options on top of `base`. Throws TypeError or RangeError. */
export function resolveRoute(options: RequestOptions, base: RouteSettings): RouteSettings {
  const draft: Draft = { ...base };
  const { ipv6, mark, insecure, serverName, unix, localAddress, minTlsVersion, device } = options;
  if (ipv6 !== undefined) draft.ipv6 = typed("ipv6", ipv6, "boolean");
  if (insecure !== undefined) draft.insecure = typed("insecure", insecure, "boolean");
  if (mark !== undefined) draft.mark = checkMark(mark);
  if (device !== undefined) draft.device = text("device", device);
  if (unix !== undefined) draft.unix = text("unix", unix);
  if (serverName !== undefined) draft.serverName = checkServerName(serverName);
  if (localAddress !== undefined) draft.localAddress = address("localAddress", localAddress);
  if (minTlsVersion !== undefined) {
    if (minTlsVersion !== "1.2" && minTlsVersion !== "1.3") {
      refuse("minTlsVersion", `${JSON.stringify(minTlsVersion)} is not "1.2" or "1.3", a string`);
    }
    draft.minTlsVersion = minTlsVersion;
  }
  if (options.nameservers !== undefined) {
    draft.nameservers = list("nameservers", options.nameservers).map(nameServer);
  }
  if (options.ca !== undefined) {
    draft.ca = list("ca", options.ca).map((it) => readPem("ca", it));
  }
  if (options.cert !== undefined) {
    draft.cert = readPem("cert", text("cert", options.cert));
    draft.key = tryPrivateKey(draft.cert) ?? draft.key;
  }
  if (options.key !== undefined) draft.key = readPem("key", text("key", options.key));
  if ((draft.cert === undefined) !== (draft.key === undefined)) {
    refuse(draft.cert === undefined ? "cert" : "key", "it is missing, and the other one is there");
  }
  if (options.pin !== undefined) draft.pin = list("pin", options.pin).map(checkPin);
  if (options.resolve !== undefined) draft.resolve = checkResolve(options.resolve);
  if (options.allowAddress !== undefined) {
    draft.allowAddress = typed("allowAddress", options.allowAddress, "function");
  }
  if (options.proxy !== undefined) draft.proxy = chooseProxy(options.proxy);
  if (draft.unix !== undefined) checkUnix(draft, options);
  return draft;
}

/** A proxy that others chose, the environment or the client, gives way to the socket without a word. */
function checkUnix(draft: Draft, { proxy }: RequestOptions): void {
  const names: string[] = NOT_WITH_UNIX.filter((name) => draft[name] !== undefined);
  if (proxy !== undefined && draft.proxy !== undefined) names.push("proxy");
  const [name] = names;
  if (name !== undefined) refuse(name, 'it cannot be used together with option "unix"');
}

function chooseProxy(proxy: unknown): ProxyChoice | undefined {
  if (proxy === false) return undefined;
  const isUrl = proxy instanceof URL;
  if (typeof proxy !== "string" && !isUrl) refuse("proxy", "it is neither a URL nor false");
  const said = parseProxy(String(proxy), "proxy");
  // URLs drop the port that is their scheme's default; without one, a text means another port.
  const settings = isUrl && proxy.protocol === "http:" && proxy.port === ""
    ? { ...said, port: 80 }
    : said;
  return Object.assign(() => settings, { key: JSON.stringify(settings) });
}

function checkMark(mark: number): number {
  if (typeof mark !== "number") refuse("mark", `it is a ${typeof mark}, not a number`);
  if (!Number.isInteger(mark) || mark < 0 || mark > 0xffffffff) {
    throw new RangeError(`Cannot request: option "mark" is ${mark}, not an integer of 32 bits`);
  }
  return mark;
}

const BRACKETED = /^\[(.+)\](?::(\d+))?$/;
const WITH_PORT = /^([^:]+):(\d+)$/;

/** `address`, `address:port`, `[address]`, `[address]:port`. */
function nameServer(value: string): NameServer {
  const match = BRACKETED.exec(value) ?? WITH_PORT.exec(value);
  const ipAddr = match === null ? value : match[1]!;
  const port = match?.[2] === undefined ? 53 : Number(match[2]);
  if (!isAddress(ipAddr) || port < 1 || port > 65535) {
    refuse("nameservers", `"${value}" is not an IP address with an optional port`);
  }
  return { ipAddr, port };
}

/** Whether it is an IP address, perhaps with the zone of a link-local one. */
function isAddress(text: string): boolean {
  return parseIpAddress(text.replace(/%.+$/, "")) !== undefined;
}

const PIN = /^(?:sha256\/\/?)?([A-Za-z0-9+/]{43}=)$/;

function checkPin(value: string): string {
  const match = PIN.exec(value);
  if (match === null) refuse("pin", `"${value}" is not "sha256/" and a digest in base64`);
  return match[1]!;
}

const HOST_AND_PORT = /^(\*|\[[^\]]+\]|[^:[\]]+):(\*|\d{1,5})$/;

function checkResolve(table: unknown): ReadonlyMap<string, readonly string[]> {
  if (typeof table !== "object" || table === null || Array.isArray(table)) {
    refuse("resolve", "it is not an object");
  }
  const map = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(table)) {
    const addresses = list("resolve", value as string).map((it) => address("resolve", it));
    map.set(resolveKey(key), addresses);
  }
  return map;
}

/** A key as it is looked up: with the host as URLs have it, without brackets. */
function resolveKey(key: string): string {
  const match = HOST_AND_PORT.exec(key);
  if (match === null) refuse("resolve", `"${key}" is not "host:port"`);
  const [, host, port] = match;
  const name = host === "*" ? host : tryHostName(host!);
  if (name === undefined) refuse("resolve", `"${host}" is not a host name or IP address`);
  if (port === "*") return `${name}:*`;
  const number = Number(port);
  if (number < 1 || number > 65535) refuse("resolve", `"${port}" is not a port`);
  return `${name}:${number}`;
}

function checkServerName(value: string): string {
  const name = tryHostName(text("serverName", value));
  if (name === undefined || !(isDnsName(name) || parseIpAddress(name) !== undefined)) {
    refuse("serverName", `${JSON.stringify(value)} is not a host name or IP address`);
  }
  return name;
}

function address(option: string, value: string): string {
  const plain = unbracketed(text(option, value));
  if (!isAddress(plain)) refuse(option, `"${value}" is not an IP address`);
  return plain;
}

function list(option: string, value: string | string[]): string[] {
  const values = Array.isArray(value) ? value : [value];
  if (values.length === 0) refuse(option, "it is empty");
  return values.map((it) => text(option, it));
}

function text(option: string, value: string): string {
  if (typeof value !== "string" || value === "" || value.includes("\0")) {
    refuse(option, "it is not a string, or an empty one");
  }
  return value;
}

function typed<T>(option: string, value: T, wanted: string): T {
  const found = typeof value;
  if (found !== wanted) refuse(option, `it is a ${found}, not a ${wanted}`);
  return value;
}

function refuse(option: string, why: string): never {
  throw new TypeError(`Cannot request: option "${option}": ${why}`);
}

let functions = 0;
const functionKeys = new WeakMap<AllowAddress | ProxyChoice, number>();

/** A number that stands for a function. */
function functionKey(it: AllowAddress | ProxyChoice | undefined): number {
  if (it === undefined) return 0;
  let key = functionKeys.get(it);
  if (key === undefined) functionKeys.set(it, key = ++functions);
  return key;
}

/** What two requests must have in common to share a connection, besides the origin. */
export function routeKey(route: RouteSettings): string {
  const key = fullKey(route);
  return key === DEFAULT_KEY ? "" : key;
}

function fullKey(route: RouteSettings): string {
  const { resolve, allowAddress, proxy, ...plain } = route;
  return JSON.stringify([
    plain,
    resolve === undefined ? null : [...resolve],
    functionKey(allowAddress),
    (proxy as { key?: string } | undefined)?.key ?? functionKey(proxy),
  ]);
}

/** Options spelled out with their default values share connections with none. */
const DEFAULT_KEY = fullKey(DEFAULT_ROUTE);
