// nginx on loopback with a configuration of its own, in a folder that goes with it:
// `await using nginx = await startNginx()`.

import type { CertificateFiles, CertifiedKey } from "./certificate.ts";
import { PlacedProgram } from "./placed_program.ts";

/** Where Debian has it, which is not where users look for programs. */
const PROGRAM = "/usr/sbin/nginx";

/** What nginx is to serve besides plain HTTP. */
export interface NginxOptions {
  /** Lines for every server, such as locations. */
  lines?: string[];
  /** Serves TLS too, on a second port, and on a third one for clients that have a certificate. */
  tls?: { files: CertificateFiles; certified?: CertifiedKey };
}

/** A running nginx. */
export interface Nginx extends AsyncDisposable {
  /** Its folder. */
  readonly folder: string;
  /** What it serves. */
  readonly root: string;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** The port of its TLS server. */
  readonly tlsPort: number;
  /** The port of its TLS server that wants certificates of clients. */
  readonly strictPort: number;
  /** The path of its unix socket. */
  readonly unix: string;
}

/** Starts it. */
export async function startNginx(options: NginxOptions = {}): Promise<Nginx> {
  const placed = await PlacedProgram.start("nginx", 3, async (folder, ports) => {
    await Deno.mkdir(`${folder}/root`);
    await Deno.writeTextFile(`${folder}/config`, configOf(options, folder, ports));
    return {
      program: PROGRAM,
      args: ["-p", folder, "-e", "stderr", "-c", `${folder}/config`],
      ready: /start worker process \d/,
    };
  });
  const { folder, ports } = placed;
  const [port, tlsPort, strictPort] = ports as [number, number, number];
  return {
    folder,
    root: `${folder}/root`,
    url: `http://127.0.0.1:${port}`,
    tlsPort,
    strictPort,
    unix: `${folder}/socket`,
    [Symbol.asyncDispose]: () => placed[Symbol.asyncDispose](),
  };
}

function configOf(
  { lines = [], tls }: NginxOptions,
  folder: string,
  [port, tlsPort, strictPort]: readonly number[],
): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`);
  const server = (...own: string[]): string[] => [
    "server {",
    ...own,
    `root ${folder}/root;`,
    "server_name localhost;",
    'add_header X-Connection "$connection $connection_requests" always;',
    ...lines,
    "}",
  ];
  const servers = server(`listen 127.0.0.1:${port};`, `listen unix:${folder}/socket;`);
  if (tls !== undefined) {
    const { cert, key } = tls.certified ?? tls.files;
    const certificate = [`ssl_certificate ${cert};`, `ssl_certificate_key ${key};`];
    servers.push(...server(`listen 127.0.0.1:${tlsPort} ssl;`, ...certificate));
    servers.push(...server(
      `listen 127.0.0.1:${strictPort} ssl;`,
      ...certificate,
      `ssl_client_certificate ${tls.files.authority};`,
      "ssl_verify_client on;",
      'add_header X-Client "$ssl_client_s_dn" always;',
    ));
  }
  return [
    // The workers of root would be somebody who may not read the folder.
    ...(Deno.uid() === 0 ? ["user root;"] : []),
    "daemon off;",
    "worker_processes 1;",
    "error_log stderr notice;",
    `pid ${folder}/pid;`,
    "events { worker_connections 256; }",
    "http {",
    ...temporary,
    "access_log off;",
    "types { text/plain txt; application/octet-stream bin; }",
    "keepalive_timeout 65 20;",
    ...servers,
    "}",
  ].join("\n");
}
