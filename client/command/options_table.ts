// The options of the get command, by their long names, with the letter of each; what they mean is told in usage.ts.

/** Options without a value. */
export const SWITCHES = {
  "allow-downgrade": "",
  "basic": "",
  "compressed": "",
  "continue-at": "C",
  "create-dirs": "",
  "digest": "",
  "disable": "q",
  "fail": "f",
  "fail-with-body": "",
  "get": "G",
  "globoff": "g",
  "head": "I",
  "help": "h",
  "http1.1": "",
  "include": "i",
  "insecure": "k",
  "ipv4": "4",
  "ipv6": "6",
  "location": "L",
  "no-buffer": "N",
  "no-progress-meter": "",
  "progress-bar": "#",
  "remote-name": "O",
  "remote-time": "R",
  "show-error": "S",
  "silent": "s",
  "tlsv1": "1",
  "tlsv1.0": "",
  "tlsv1.1": "",
  "tlsv1.2": "",
  "tlsv1.3": "",
  "verbose": "v",
  "version": "V",
};

/** Options with a value, of which the last counts. */
export const VALUES = {
  "cacert": "",
  "cert": "E",
  "connect-timeout": "",
  "dns-servers": "",
  "dump-header": "D",
  "interface": "",
  "key": "",
  "max-redirs": "",
  "max-time": "m",
  "noproxy": "",
  "oauth2-bearer": "",
  "output": "o",
  "pinnedpubkey": "",
  "proxy": "x",
  "proxy-user": "U",
  "range": "r",
  "referer": "e",
  "request": "X",
  "retry": "",
  "sha256": "",
  "unix-socket": "",
  "upload-file": "T",
  "user": "u",
  "user-agent": "A",
  "write-out": "w",
};

/** Options with a value that may be given several times. */
export const LISTS = {
  "cookie": "b",
  "data": "d",
  "data-binary": "",
  "data-raw": "",
  "data-urlencode": "",
  "form": "F",
  "form-string": "",
  "header": "H",
  "json": "",
  "resolve": "",
  "url": "",
};

/** Name of an option without a value. */
export type Switch = keyof typeof SWITCHES;
/** Name of an option with a value, of which the last counts. */
export type Value = keyof typeof VALUES;
/** Name of an option that may be given several times. */
export type List = keyof typeof LISTS;

/** The values that may be empty: that means something. */
export const MAY_BE_EMPTY: ReadonlySet<string> = new Set([
  ...["noproxy", "proxy", "referer", "user-agent", "write-out"],
]);
