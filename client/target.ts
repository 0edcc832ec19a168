// From a URL to what is dialed and asked for: scheme, host, port, Host field, request target, credentials.

/** What a URL says, taken apart. */
export interface Target {
  /** The URL without user and password: it is shown to others, in responses, messages and callbacks. */
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
  if (!URL.canParse(text)) {
    const isPort = URL.canParse(text.replace(/:\d+(?=[/?#]|$)/, ""));
    refuse(text, isPort ? "its port is not one from 0 to 65535" : "it is not an absolute URL");
  }
  const url = new URL(text);
  const defaultPort = DEFAULT_PORTS[url.protocol];
  if (defaultPort === undefined) {
    refuse(text, `its scheme is "${url.protocol.slice(0, -1)}", not http, https, ws or wss`);
  }
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  const host = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const port = url.port === "" ? defaultPort : Number(url.port);
  const username = decode(text, url.username);
  const password = decode(text, url.password);
  url.username = url.password = "";
  return {
    url,
    secure,
    webSocket: url.protocol.startsWith("ws"),
    host,
    port,
    authority: url.host,
    path: pathOf(url),
    origin: `${url.protocol}//${url.hostname}:${port}`,
    username,
    password,
  };
}

/** Path and query. "/a?" is another URL than "/a" (RFC 3986 6.2.3), but `search` is "" for both. */
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

/** The URL without user and password, for messages. What is no URL loses everything before its last "@". */
function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return text.replace(/(:\/*)[^/].*@/s, "$1");
  const url = new URL(text);
  // Without a scheme, a user name is taken for one: "user:secret@host/".
  if (url.host === "") return text.replace(/^.*@/s, "…@");
  url.username = url.password = "";
  return url.href;
}
