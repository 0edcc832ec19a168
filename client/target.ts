// From a URL to what is dialed and asked for: scheme, host, port, Host field, request target, credentials.

/** What a URL says, taken apart. */
export interface Target {
  readonly url: URL;
  /** Whether TLS is spoken. */
  readonly secure: boolean;
  /** Whether a WebSocket handshake is asked for. */
  readonly webSocket: boolean;
  /** Host name or IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Value of Host: with brackets, and with the port where it is not the default (RFC 9110 7.2). */
  readonly authority: string;
  /** Path and query: the target in origin-form (RFC 9112 3.2.1). */
  readonly path: string;
  /** `scheme://host:port`: what a connection is to. */
  readonly origin: string;
  /** User name in the URL, decoded; empty if there is none. */
  readonly username: string;
  /** Password in the URL, decoded. */
  readonly password: string;
}

const DEFAULT_PORTS: Record<string, number> = {
  "http:": 80,
  "https:": 443,
  "ws:": 80,
  "wss:": 443,
};
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;

/** Takes a URL apart. Throws TypeError when it is none, or none of the four schemes. */
export function parseTarget(input: string | URL): Target {
  const text = String(input);
  // The URL standard would drop tabs and line breaks without a word.
  if (CONTROL.test(text)) refuse(text, "it has a control character");
  if (!URL.canParse(text)) refuse(text, "it is not an absolute URL");
  const url = new URL(text);
  const defaultPort = DEFAULT_PORTS[url.protocol];
  if (defaultPort === undefined) {
    refuse(text, `its scheme is "${url.protocol.slice(0, -1)}", not http, https, ws or wss`);
  }
  if (url.hostname === "") refuse(text, "it has no host");
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  const host = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const port = url.port === "" ? defaultPort : Number(url.port);
  return {
    url,
    secure,
    webSocket: url.protocol.startsWith("ws"),
    host,
    port,
    authority: url.host,
    path: pathOf(url),
    origin: `${url.protocol}//${url.hostname}:${port}`,
    username: decode(text, url.username),
    password: decode(text, url.password),
  };
}

/** Path and query; an empty query is one, too (RFC 3986 6.2.3), which `search` does not tell. */
function pathOf({ pathname, search, href }: URL): string {
  return search === "" && href.split("#", 1)[0]!.endsWith("?") ? `${pathname}?` : pathname + search;
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    refuse(text, "its user or password is not percent-encoded UTF-8");
  }
}

function refuse(text: string, why: string): never {
  throw new TypeError(`Cannot request "${withoutSecrets(text)}": ${why}`);
}

/** The URL without user and password, for messages; of what is none, without all that may be those. */
function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return text.replace(/(:\/*)[^/].*@/s, "$1");
  const url = new URL(text);
  url.username = url.password = "";
  return url.href;
}
