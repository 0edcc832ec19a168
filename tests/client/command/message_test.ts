import { assertEquals } from "@std/assert";
import { commandMessage } from "../../../client/command/message.ts";
import { ConnectError, type HttpError, LimitError, TimeoutError } from "../../../wire/errors.ts";

Deno.test("commandMessage() names the options of the command for those of the library", () => {
  const cases: [string, string][] = [
    ['option "ca": it is bad', 'option "--cacert": it is bad'],
    ['it does not belong to option "cert"', 'it does not belong to option "--cert"'],
    ['more than 10 by "maxRedirects"', 'more than 10 by "--max-redirs"'],
    [
      'from https to "http://a"; "allowDowngrade" would',
      'from https to "http://a"; "--allow-downgrade" would',
    ],
    ['option "pin" does not name', 'option "--pinnedpubkey" does not name'],
    ['option "device" names no device', 'option "--interface" names no device'],
    ['option "retry.attempts"', 'option "--retry"'],
    ['(option "ca" adds one)', '(option "--cacert" adds one)'],
    ['is not for "x" (option "serverName" names another)', 'is not for "x"'],
    [
      'no address of IPv4, which option "ipv6" asks for',
      'no address of IPv4, which option "-4" asks for',
    ],
    [
      'no address of IPv6, which option "ipv6" asks for',
      'no address of IPv6, which option "-6" asks for',
    ],
    ['Cannot resolve "proxy"', 'Cannot resolve "proxy"'],
    ['option "trailers" is given', 'option "trailers" is given'],
  ];
  for (const [text, message] of cases) assertEquals(commandMessage(new Error(text)), message);
});

Deno.test("commandMessage() tells limits and deadlines without an option in plain words", () => {
  const cases: [HttpError, string][] = [
    [
      new TimeoutError("body", 1500, "timeout"),
      'Cannot wait any longer: body took more than 1.5 s allowed by "-m"',
    ],
    [
      new TimeoutError("connect", 1000, "connectTimeout"),
      'Cannot wait any longer: connect took more than 1 s allowed by "--connect-timeout"',
    ],
    [
      new TimeoutError("wait", 30_000, "headTimeout"),
      "Cannot wait any longer: the server took too long to answer, for 30 s",
    ],
    [
      new TimeoutError("body", 30_000, "idleTimeout"),
      "Cannot wait any longer: nothing more was sent or received, for 30 s",
    ],
    [
      new LimitError("maxHeadBytes", 9, 431),
      "Cannot read response: its head has more than 9 bytes",
    ],
    [new LimitError("maxFields", 9, 431), "Cannot read response: it has more than 9 fields"],
  ];
  for (const [error, message] of cases) assertEquals(commandMessage(error), message);
});

Deno.test("commandMessage() holds no user name and password, and is one line", () => {
  const error = new ConnectError("connect", 'Cannot get "https://u:se@cret@a.test/b@c":\r\n no\n');
  assertEquals(commandMessage(error), 'Cannot get "https://a.test/b@c": no ');
  assertEquals(commandMessage("just text"), "just text");
});
