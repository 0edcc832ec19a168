// What `--help` prints: every option and every exit code.

/** The text of `--help`. */
export const USAGE = `Gets a URL over HTTP/1.1, or sends something there, with curl's options.

Usage: get [options] URL

Where it goes
  -o, --output FILE        Write to FILE, once it is whole; -: standard output
  -O, --remote-name        Write to a file named as in the URL
      --create-dirs        Make the folders of FILE
  -R, --remote-time        Give FILE the time of the server's
  -C, --continue-at -      Go on with FILE.part, or leave that; implies --fail
      --sha256 HEX         Fail unless the file has this SHA-256; needs -o or
                           -O, implies --fail
  -i, --include            Write the heads of all responses too
  -I, --head               Ask for the head alone
  -D, --dump-header FILE   Write the heads to FILE
  -w, --write-out FORMAT   Print FORMAT at the end, with \\n, \\t and %{...} of
                           http_code, size_download, size_upload, time_total,
                           url_effective, num_redirects, content_type
  -f, --fail               Fail on a status of 400 or more, and write no body
      --fail-with-body     Fail on it, and write the body
  -s, --silent             No progress bar, no messages
  -S, --show-error         Messages even so
      --no-progress-meter  No progress bar
  -v, --verbose            Show heads on the standard error

What is asked
      --url URL            The URL, like URL alone
  -X, --request METHOD     Method (default: GET; POST with -d, -F; PUT with -T)
  -H, --header LINE        Field "Name: value"; "Name;" empty; "Name:" none;
                           @FILE: lines of FILE
  -A, --user-agent NAME    User-Agent; "": none
  -e, --referer URL        Referer
  -b, --cookie NAME=VALUE  Cookie
  -r, --range RANGE        Range of bytes, as 0-99 or 100-
  -d, --data DATA          Form data, or @FILE without line ends; @-: input
      --data-raw DATA      The same, without a meaning for @
      --data-binary DATA   The same, with FILE as it is
      --data-urlencode D   DATA, name=DATA, @FILE or name@FILE, percent-encoded
      --json DATA          JSON, or @FILE, with its fields; several are joined
  -G, --get                Put the data into the query of the URL
  -F, --form PART          NAME=VALUE[;type=TYPE], NAME=<FILE[;type=TYPE], or a
                           file: NAME=@FILE[;type=TYPE][;filename=OTHER]; a
                           "quoted" VALUE or FILE may have semicolons
      --form-string PART   NAME=VALUE as it is
  -T, --upload-file FILE   Send FILE; -: from input
  -u, --user NAME:PASS     Basic authentication; without PASS it is asked for
      --digest             Digest authentication with -u
      --oauth2-bearer T    Bearer token
  -L, --location           Follow redirects
      --allow-downgrade    Follow them from https to http too
      --max-redirs N       At most so many (default: 10); -1: any
      --compressed         Ask for compressed content and decompress it
      --retry N            Repeat up to N times what may be repeated safely

How to get there
  -x, --proxy URL          Proxy: http, https, socks5 or socks5h; "" for none
  -U, --proxy-user N:PASS  Its user and password
      --noproxy LIST       Hosts that need no proxy; * for all
      --resolve H:P:ADDR   Address for host and port; several with commas
      --dns-servers LIST   DNS servers to ask
  -4, --ipv4 / -6, --ipv6  Only such addresses
      --interface NAME     Network device, or address, to connect from
      --unix-socket PATH   Connect to this socket
  -k, --insecure           Accept any certificate
      --cacert FILE        Authorities to trust besides the system's
  -E, --cert FILE          Certificate to present
      --key FILE           Its private key (default: in the same file)
      --pinnedpubkey PINS  Keys the server may have: sha256//BASE64;...
      --tlsv1.2, --tlsv1.3 Oldest version of TLS; --tlsv1.0, --tlsv1.1 and -1
                           mean 1.2 too
      --connect-timeout S  Longest way to a connection (default: 10)
  -m, --max-time S         Longest whole transfer (default: no more than 30 s
                           of silence)

  -h, --help               Print this text
  -V, --version            Print the version

Without effect, as it is so anyway: --basic, -g, --http1.1, -N, -q, -#

Exit codes
   0 done                     2 wrong arguments          3 wrong URL
   1 unknown scheme           5, 6 unknown proxy, host   7 no connection
   8 no HTTP response        18 body cut short          22 refused (-f, -C)
  23 cannot write            26 cannot read             28 too late
  35 TLS handshake           45 no such --interface     47 redirects
  52 no response             55 cannot send             56 cannot receive
  58 --cert or --key         60 certificate             61 bad content coding
  63 too large               77 --cacert                90 pinned key
  97 proxy                  110 wrong SHA-256          129, 130, 143 a signal`;
