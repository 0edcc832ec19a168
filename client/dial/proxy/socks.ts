// A tunnel through a SOCKS5 proxy (RFC 1928, user and password by RFC 1929) on a transport that leads to the
// proxy. Reads exactly what belongs to the proxy's replies, so that all that follows is the target's. After an
// error the transport is good for nothing, and the caller closes it.

import { encoder } from "../../../wire/bytes.ts";
import { ConnWriter } from "../../../wire/conn_writer.ts";
import { parseIpAddress } from "../ip_address.ts";
import { type ProxySettings, tunnelError } from "./proxy.ts";
import { readExactly } from "../read_exactly.ts";
import type { Transport } from "../transport.ts";

const VERSION = 5;
const CONNECT = 1;
const NO_AUTH = 0;
const USER_AND_PASSWORD = 2;
const NONE_ACCEPTABLE = 0xff;
/** Version of the negotiation inside the negotiation (RFC 1929 2). */
const AUTH_VERSION = 1;

const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** RFC 1928 6. */
const REPLIES = [
  "it succeeded",
  "it failed in general",
  "its rules do not allow the connection",
  "the network is unreachable",
  "the host is unreachable",
  "the connection was refused",
  "the time to live expired",
  "it does not know the command CONNECT",
  "it does not know the type of the address",
];

/** Opens a tunnel to a host, a name or an address without brackets, and a port. */
export async function openSocksTunnel(
  transport: Transport,
  host: string,
  port: number,
  proxy: ProxySettings,
): Promise<void> {
  const credentials = credentialBytes(proxy);
  const request = [VERSION, CONNECT, 0, ...addressBytes(host), port >> 8, port & 0xff];
  const writer = new ConnWriter(transport, 0);
  const send = (bytes: ArrayLike<number>): Promise<void> => {
    writer.putBytes(Uint8Array.from(bytes));
    return writer.flush();
  };
  try {
    await send(
      credentials === undefined ? [VERSION, 1, NO_AUTH] : [VERSION, 2, NO_AUTH, USER_AND_PASSWORD],
    );
    const [, method] = await readReply(transport, 2);
    if (method === USER_AND_PASSWORD && credentials !== undefined) {
      await send(credentials);
      const [version, status] = await readExactly(transport, 2);
      if (version !== AUTH_VERSION) throw new Flaw("its answer to user and password is malformed");
      if (status !== 0) throw new Flaw("it refused user and password");
    } else if (method !== NO_AUTH) {
      throw new Flaw(refusedMethods(method!, credentials !== undefined));
    }
    await send(request);
    const [, reply, , type] = await readReply(transport, 4);
    if (reply !== 0) {
      throw new Flaw(REPLIES[reply!] ?? `it answered with the unknown code ${reply}`);
    }
    await readExactly(transport, await readAddressLength(transport, type!) + 2);
  } catch (cause) {
    const { message } = cause as Error;
    const reason = cause instanceof Flaw ? undefined : cause;
    throw tunnelError({ host, port, proxy }, message, reason);
  } finally {
    writer.release();
  }
}

/** What the proxy did wrong, or did not do; becomes the message of the error. */
class Flaw extends Error {}

/** User and password as RFC 1929 has them, or undefined where there are none. */
function credentialBytes({ username, password }: ProxySettings): number[] | undefined {
  if (username === undefined && password === undefined) return undefined;
  const name = encoder.encode(username);
  const secret = encoder.encode(password);
  if (name.length > 255) throw new TypeError("Cannot use user name: longer than 255 bytes");
  if (secret.length > 255) throw new TypeError("Cannot use password: longer than 255 bytes");
  return [AUTH_VERSION, name.length, ...name, secret.length, ...secret];
}

/** Type and address (RFC 1928 5). */
function addressBytes(host: string): number[] {
  const address = parseIpAddress(host);
  if (address !== undefined) return [address.length === 4 ? IPV4 : IPV6, ...address];
  const name = encoder.encode(host);
  if (name.length < 1 || name.length > 255) {
    throw new TypeError("Cannot open tunnel: the host name is empty or longer than 255 bytes");
  }
  return [NAME, name.length, ...name];
}

async function readReply(transport: Transport, count: number): Promise<Uint8Array> {
  const reply = await readExactly(transport, count);
  if (reply[0] !== VERSION) throw new Flaw("it does not speak SOCKS5");
  return reply;
}

async function readAddressLength(transport: Transport, type: number): Promise<number> {
  if (type === IPV4) return 4;
  if (type === IPV6) return 16;
  if (type !== NAME) throw new Flaw(`it answered with the unknown address type ${type}`);
  const [length] = await readExactly(transport, 1);
  return length!;
}

function refusedMethods(method: number, hadCredentials: boolean): string {
  if (method !== NONE_ACCEPTABLE) return `it chose authentication method ${method} unasked`;
  return hadCredentials
    ? "it accepts neither no authentication nor user and password"
    : "it accepts no requests without authentication; user and password may be wanted";
}
