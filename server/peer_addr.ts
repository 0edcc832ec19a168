// Who is at the other end of a connection, in the form that handlers see. Pure.

/** The address of a peer. */
export interface PeerAddr {
  /** IP address; empty on a unix socket. */
  readonly ipaddr: string;
  /** Port; 0 on a unix socket. */
  readonly port: number;
}

/** The address of a peer as the runtime tells it. */
export function peerAddr(addr: Deno.Addr): PeerAddr {
  if (addr.transport === "tcp") return { ipaddr: addr.hostname, port: addr.port };
  return { ipaddr: "", port: 0 };
}
