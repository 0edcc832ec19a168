// Every public option of a client and of its requests. `settings.ts` has their defaults and checks.

import type { CookieJar } from "./rules/cookies.ts";

/** Where bytes went so far, for `onProgress`. */
export interface Progress {
  /** `"up"`: bytes of the request body that the socket accepted. `"down"`: bytes of the response body. */
  readonly direction: "up" | "down";
  /** Bytes so far, without the chunked coding. */
  readonly bytes: number;
  /** Bytes in all, where that is known. */
  readonly total: number | undefined;
}

/** A response before the final one: 100 to 199, but not 101. */
export interface InformationalResponse {
  /** The status code, as 103. */
  readonly code: number;
  /** The reason phrase. */
  readonly status: string;
  /** The fields by lowercase name, repeats joined. */
  readonly headers: Record<string, string>;
  /** The fields in order, with case and repeats. */
  readonly rawHeaders: [name: string, value: string][];
}

/**
 * Who asks. `"basic"` (RFC 7617, the default) and `"bearer"` (RFC 6750) are said at once, `"digest"` (RFC 7616, by
 * the hashes MD5, SHA-256 and SHA-512/256, with `qop` `auth` or none) in answer to the server's challenge.
 */
export type Auth =
  | { type?: "basic"; username: string; password: string }
  | { type: "digest"; username: string; password: string }
  | { type: "bearer"; token: string };

/** How requests are repeated that failed. */
export interface RetryOptions {
  /**
   * Attempts in all, the first one included, over the whole chain of redirects: one that follows a redirect has
   * as many left as the one before. Default: 3.
   */
  attempts?: number;
  /** Statuses that are worth another attempt. Default: 408, 429, 500, 502, 503, 504. */
  statuses?: number[];
  /**
   * Longest wait before the second attempt, in seconds; it doubles with each, and how much of it is waited is
   * left to chance. Default: 0.5.
   */
  delay?: number;
  /** Longest wait between two attempts, in seconds. A `Retry-After` beyond it ends the attempts. Default: 30. */
  maxDelay?: number;
}

/** The slowest transfer that is put up with. */
export interface MinSpeed {
  /** Bytes a second, on average over the window. 0: any speed will do. */
  bytes: number;
  /** Seconds over which that is measured, above 0. Default: 30. */
  window?: number;
}

/**
 * Options of one request; given to a `Client`, they are the defaults of its requests. Times are in seconds, sizes
 * in bytes. An option that is unknown, or has a value that makes no sense, is a TypeError or RangeError before
 * anything is sent. One that is `undefined` counts as not given.
 */
export interface RequestOptions {
  /**
   * Longest whole request in seconds, redirects, retries and body included. Default: 30. 0 or Infinity:
   * none. Beyond it: TimeoutError. Deadlines never pass early, and up to 0.3 s late.
   */
  timeout?: number;
  /**
   * Longest way to a usable connection (DNS, connect, proxy, TLS), in seconds. Default: 10. 0 or
   * Infinity: none. Beyond it: TimeoutError.
   */
  connectTimeout?: number;
  /**
   * Longest wait for the head of the final response after the request was sent, in seconds. Default:
   * 30. 0 or Infinity: none. Beyond it: TimeoutError.
   */
  headTimeout?: number;
  /**
   * Longest wait for the next bytes of the response body, and for the socket to accept more of the
   * request, in seconds. Default: 30. 0 or Infinity: none. Beyond it: TimeoutError.
   */
  idleTimeout?: number;
  /**
   * The slowest transfer of a body, either way: bytes a second over 30 s, or with a window of one's own.
   * Default: 0, which is none. Below it: TimeoutError.
   */
  minSpeed?: number | MinSpeed;
  /** Ends the request, wherever it stands; it rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Fields of the request: an object, or pairs of name and value from an array, a `Headers`, a `Map` or any
   * other iterable. They replace those that the client would set by itself, and those of the client's option of
   * the same names; of `Content-Length`, `Transfer-Encoding` and the like only what fits the body is accepted.
   *
   * An array of values sends the field repeatedly, and an EMPTY array not at all: `{ "User-Agent": [] }` leaves
   * out the client's own `User-Agent`, and in the same way `Accept`, `Accept-Encoding`, the `Content-Type` of a
   * body, `Cookie` of the option `cookies` and `Authorization` of `auth`. `Host`, `Content-Length`,
   * `Transfer-Encoding`, `Connection`, `Trailer` and `Expect` cannot be left out so.
   */
  headers?:
    | Record<string, string | readonly string[]>
    | Iterable<readonly [name: string, value: string | readonly string[]]>;
  /**
   * Where the response body goes instead of memory: the path of a file, which appears there when it is
   * whole, or a function that gets each piece and may return a promise to be waited for. The bodies of error
   * statuses, such as 404, go there too: look at `code` before the file is used. Default: memory.
   */
  bodyToFile?: string | ((chunk: Uint8Array<ArrayBuffer>) => void | Promise<void>);
  /**
   * Fields sent after the body, which is then chunked (RFC 9110 6.5): an object, or pairs. Default: none. A request
   * without a body cannot have any.
   */
  trailers?: Record<string, string> | Iterable<readonly [name: string, value: string]>;
  /** Whether to wait, for a second at most, for `100 Continue` before the body is sent. Default: false. */
  expectContinue?: boolean;

  /**
   * Deliver redirects as they are, follow them (RFC 9110 15.4, by the rules of the Fetch standard), or fail with
   * HttpError `redirect`. Default: `"manual"`, which delivers them.
   */
  redirect?: "manual" | "follow" | "error";
  /** Most redirects that are followed. Default: 10; of `fetch` 20, as the standard has it. Infinity: no limit. Beyond it: HttpError `redirect`. */
  maxRedirects?: number;
  /**
   * Fields that a redirect to another origin may carry along, besides `Accept`, `Accept-Language`,
   * `Content-Type` and other harmless ones. Default: none.
   */
  crossOriginHeaders?: string[];
  /** Whether redirects from https to http are followed. Default: false: HttpError `redirect`. */
  allowDowngrade?: boolean;

  /**
   * Whether to ask for and undo content codings: gzip, deflate, br, zstd, also stacked. Default: false.
   */
  decode?: boolean;
  /** Longest response head, in bytes. Default: 65536. Beyond it: LimitError. */
  maxHeadBytes?: number;
  /** Most fields in a response head. Default: 256. Beyond it: LimitError. */
  maxFields?: number;
  /**
   * Longest response body, in bytes, after decoding. Default: 128 MiB for one kept in memory, none for
   * one that goes to a file or function. Infinity: none. Beyond it: LimitError.
   */
  maxBodyBytes?: number;
  /** Longest line before a chunk, in bytes; all extensions of a body together have four times that. Default: 4096. */
  maxChunkLineBytes?: number;
  /** Longest trailer section, in bytes. Default: 16384. Beyond it: LimitError. */
  maxTrailerBytes?: number;
  /** How many times longer a decoded body may be, once it is over 1 MiB. Default: 200. Beyond it: LimitError. */
  maxDecodeRatio?: number;

  /**
   * Repeats of requests that failed and may be sent again safely. Default: none. `true`: the defaults below. A
   * number: so many attempts in all.
   */
  retry?: boolean | number | RetryOptions;
  /**
   * A jar for cookies (RFC 6265bis), or `true` for one of the client's own. Default: none: cookies are neither
   * kept nor sent.
   */
  cookies?: boolean | CookieJar;
  /**
   * Credentials for the origin of the URL. A redirect to another origin (scheme, host or port) drops them.
   * Default: those in the URL, as Basic, for its origin too.
   */
  auth?: Auth;

  /**
   * Proxy: `http:`, `https:`, `socks5:` or `socks5h:` URL with user and password; `false`: none. Default: that
   * of the environment (`http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`), as far as it may be read.
   */
  proxy?: string | URL | false;
  /**
   * Path of a unix socket to connect to; the URL still says what is asked for. Not together with `mark`,
   * `device`, `localAddress`, `nameservers`, `ipv6`, `resolve`, `allowAddress`, or a proxy of the same options.
   */
  unix?: string;
  /** Address of this machine to connect from. Where `--allow-net` is scoped, it needs `ADDRESS:0`, too. */
  localAddress?: string;
  /** Addresses of hosts, by `host:port` (`*` for any host or port): they replace the resolver. */
  resolve?: Record<string, string | string[]>;
  /** Whether to use addresses of IPv6 only (true) or IPv4 only (false). Default: both. */
  ipv6?: boolean;
  /**
   * DNS servers: address, or `address:port`. Default: the system's resolver. A server that does not answer
   * within a second gets company by the next one. Needs `--allow-read=/etc/hosts` and, where `--allow-net` is
   * scoped, the servers and `0.0.0.0:0` (of IPv6: `[::]:0`).
   */
  nameservers?: string | string[];
  /** SO_MARK of the sockets, DNS included. Linux only; needs `--allow-ffi` and CAP_NET_ADMIN. */
  mark?: number;
  /** Network device for the sockets, DNS included (SO_BINDTODEVICE). Linux only; needs `--allow-ffi`. */
  device?: string;
  /**
   * Asked about each address before it is dialed; false refuses it. With a proxy, the client resolves the
   * name itself and the proxy is told the address. Requests share connections only if they have the very same
   * function: one that is written anew for each request, as an arrow function among its options, has a
   * connection of its own each time. `url` is without user and password.
   */
  allowAddress?: (ipaddr: string, port: number, url: URL) => boolean | Promise<boolean>;

  /** Authorities to trust besides the system's: PEM text or the path of a PEM file. */
  ca?: string | string[];
  /** Certificate to present: PEM text or path; needs `key`, unless its text holds the private key too. */
  cert?: string;
  /** Its private key: PEM text or path. */
  key?: string;
  /** Accepts any certificate of the server. Default: false. */
  insecure?: boolean;
  /** Name to send (SNI) and to verify instead of the host of the URL. */
  serverName?: string;
  /** SHA-256 of the server's public key (SubjectPublicKeyInfo), `sha256/` and base64; one of these must match. */
  pin?: string | string[];
  /** Oldest version of TLS accepted. Default: `"1.2"`. */
  minTlsVersion?: "1.2" | "1.3";

  /** Called as bytes of a body move. */
  onProgress?: (progress: Progress) => void;
  /** Called with each informational response, such as 103. */
  onInformational?: (response: InformationalResponse) => void;
}

/** Options of a `Client`. */
export interface ClientOptions extends RequestOptions {
  /** Most connections at a time. Default: 100. Infinity: any number. Beyond it requests wait. */
  maxConnections?: number;
  /**
   * Most connections to one origin by one route at a time. Default: 16. Infinity: any number. Beyond it requests
   * wait. Requests that differ in an option of the route (address, name server, proxy, TLS, `allowAddress` …)
   * have connections of their own, and are counted apart.
   */
  maxPerOrigin?: number;
  /**
   * How long an idle connection is kept, in seconds. Default: what the server says in `Keep-Alive`,
   * or 4. 0: connections are not kept. Infinity: as long as the server keeps them.
   */
  keepAlive?: number;
  /**
   * Longest wait for a connection to become free, in seconds. Default: 30. 0 or Infinity: none. Beyond it:
   * TimeoutError.
   */
  queueTimeout?: number;
}
