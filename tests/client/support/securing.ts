// What tests of TLS have in common: certificates, servers of node:tls for what the runtime's cannot do, and
// settings.

import { createServer, type TlsOptions, type TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import type { TlsSettings } from "../../../client/dial/route_settings.ts";
import { type CertificateFiles, makeCertificate } from "../../peers/certificate.ts";
import { run } from "../../peers/programs.ts";

/** Certificates as texts, beside their files. */
export interface Certificates extends Disposable {
  readonly files: CertificateFiles;
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate for localhost and 127.0.0.1 with its authority. */
export async function certificates(days?: number): Promise<Certificates> {
  const files = await makeCertificate(days);
  return {
    files,
    authority: Deno.readTextFileSync(files.authority),
    cert: Deno.readTextFileSync(files.cert),
    key: Deno.readTextFileSync(files.key),
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
}

/** Settings of TLS. */
export function tlsOf(settings: Partial<TlsSettings> = {}): TlsSettings {
  return {
    ca: undefined,
    cert: undefined,
    key: undefined,
    insecure: false,
    serverName: undefined,
    pin: undefined,
    minTlsVersion: undefined,
    ...settings,
  };
}

/** The digest of a certificate's public key, as openssl computes it. */
export async function pinOf(files: CertificateFiles): Promise<string> {
  const { bytes } = await run("openssl", [
    ...["pkey", "-in", files.key, "-pubout", "-outform", "DER"],
  ]);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toBase64();
}

/** A server of node:tls that sends back what it gets. */
export class NodeTlsServer implements AsyncDisposable {
  readonly port: number;
  /** Those who came and are secured. */
  readonly secured: TLSSocket[] = [];
  readonly #close: () => Promise<void>;

  private constructor(port: number, secured: TLSSocket[], close: () => Promise<void>) {
    this.port = port;
    this.secured = secured;
    this.#close = close;
  }

  static async start(options: TlsOptions): Promise<NodeTlsServer> {
    const secured: TLSSocket[] = [];
    const server = createServer(options, (socket) => {
      secured.push(socket);
      socket.on("error", () => {}); // The client may leave as it likes.
      socket.pipe(socket);
    });
    server.on("tlsClientError", () => {}); // What the client says of it is what is tested.
    const listening = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", listening.resolve);
    await listening.promise;
    const { port } = server.address() as AddressInfo;
    return new NodeTlsServer(port, secured, async () => {
      for (const socket of secured) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

/** A server of TCP that never says a word. */
export function silentServer(): { port: number; accepted: Promise<Deno.Conn> } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  accepted.catch(() => {}); // Nobody came.
  return {
    port: listener.addr.port,
    accepted,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepted.then((conn) => conn.close(), () => {});
    },
  };
}

/** A relay of TCP to a port, for one client, that can leave in the middle of whatever is spoken. */
export interface CuttingRelay extends AsyncDisposable {
  readonly port: number;
  /** Ends TCP to the client, as anybody on the way can. */
  cut(): Promise<void>;
}

/** Starts a relay. */
export function cuttingRelay(port: number): CuttingRelay {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const from = await listener.accept();
    const to = await Deno.connect({ hostname: "127.0.0.1", port });
    return { from, to, copying: [copy(from, to), copy(to, from)] };
  })();
  serving.catch(() => {}); // Nobody came.
  return {
    port: listener.addr.port,
    async cut() {
      const { from } = await serving;
      await from.closeWrite();
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      const { from, to, copying } = await serving;
      from.close();
      to.close();
      await Promise.all(copying);
    },
  };
}

/** Copies what comes, and its end too. */
async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(16384);
  try {
    for (let count; (count = await from.read(bytes)) !== null;) {
      for (let at = 0; at < count;) at += await to.write(bytes.subarray(at, count));
    }
    await to.closeWrite();
  } catch {
    // One side left, which the test sees by itself.
  }
}
