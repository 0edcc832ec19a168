// What `--help` prints: every option and every exit code.

/** Arguments that make no sense; the message is one line for whoever typed them. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** What the command ends with. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The text of `--help`. */
export const USAGE = `Gets a URL over HTTP/1.1, or sends something there, with curl's options.

Usage: get [options] URL

Where it goes
  -o, --output FILE        Write to FILE, once it is whole; -: standard output
  -O, --remote-name        Write to a file named as in the URL
  -C, --continue-at -      Go on with FILE.part, or leave that; implies --fail
      --sha256 HEX         Fail unless the file has this SHA-256
  -i, --include            Write the head of the response too
  -I, --head               Ask for the head alone
  -f, --fail               Fail on a status of 400 or more, and write nothing
  -s, --silent             No progress bar, no messages
  -S, --show-error         Messages even so
  -v, --verbose            Show heads on the standard error

What is asked
  -X, --request METHOD     Method (default: GET; POST with -d, -F; PUT with -T)
  -H, --header LINE        Field "Name: value"; "Name;" empty; "Name:" none
  -A, --user-agent NAME    User-Agent
  -e, --referer URL        Referer
  -d, --data DATA          Form data, or @FILE without line ends; @-: input
      --data-raw DATA      The same, without a meaning for @
      --data-binary DATA   The same, with FILE as it is
      --data-urlencode D   DATA, name=DATA, @FILE or name@FILE, percent-encoded
  -G, --get                Put the data into the query of the URL
  -F, --form PART          NAME=VALUE, NAME=<FILE, or a file to upload:
                           NAME=@FILE[;type=TYPE][;filename=OTHER]
  -T, --upload-file FILE   Send FILE; -: from input
  -u, --user NAME:PASS     Basic authentication
      --digest             Digest authentication with -u
      --oauth2-bearer T    Bearer token
  -L, --location           Follow redirects
      --allow-downgrade    Follow them from https to http too
      --max-redirs N       At most so many (default: 10); -1: any
      --compressed         Ask for compressed content and decompress it
      --retry N            Repeat up to N times what may be repeated safely

How to get there
  -x, --proxy URL          Proxy: http, https, socks5 or socks5h; "" for none
      --noproxy LIST       Hosts that need no proxy; * for all
      --resolve H:P:ADDR   Address for host and port; several with commas
      --dns-servers LIST   DNS servers to ask
  -4, --ipv4 / -6, --ipv6  Only such addresses
      --interface NAME     Network device, or address, to connect from
      --unix-socket PATH   Connect to this socket
  -k, --insecure           Accept any certificate
      --cacert FILE        Authorities to trust besides the system's
  -E, --cert FILE          Certificate to present, with --key
      --key FILE           Its private key
      --pinnedpubkey PINS  Keys the server may have: sha256//BASE64;...
      --tlsv1.2, --tlsv1.3 Oldest version of TLS
      --connect-timeout S  Longest way to a connection (default: 10)
  -m, --max-time S         Longest whole transfer (default: no more than 30 s
                           of silence)

  -h, --help               Print this text
  -V, --version            Print the version

Exit codes
   0 done                     2 wrong arguments          3 wrong URL
   1 unknown scheme           5, 6 unknown proxy, host   7 no connection
   8 no HTTP response        18 body cut short          22 refused (-f, -C)
  23 cannot write            26 cannot read             28 too late
  35 TLS handshake           47 redirects               52 no response
  55 cannot send             56 cannot receive          60 certificate
  61 bad content coding      63 too large               97 proxy
  90 pinned key             110 wrong SHA-256          129, 130, 143 a signal`;
