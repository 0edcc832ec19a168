// nginx on loopback with a configuration of its own, in a folder that goes with it:
// `await using nginx = await startNginx()`.

import type { CertificateFiles, CertifiedKey } from "./certificate.ts";
import { ChildProgram } from "./child_program.ts";
import { freePort } from "./proxies.ts";

/** Where Debian has it, which is not where users look for programs. */
const PROGRAM = "/usr/sbin/nginx";
const ATTEMPTS = 5;

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

/** Starts it on ports that were free a moment ago, and on others if they are no longer. */
export async function startNginx(options: NginxOptions = {}): Promise<Nginx> {
  for (let attempt = 1;; attempt++) {
    try {
      return await start(options, [freePort(), freePort(), freePort()]);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(
  options: NginxOptions,
  [port, tlsPort, strictPort]: [number, number, number],
): Promise<Nginx> {
  const folder = Deno.realPathSync(await Deno.makeTempDir({ prefix: "eco_http_nginx_" }));
  try {
    const root = `${folder}/root`;
    const unix = `${folder}/socket`;
    await Deno.mkdir(root);
    await Deno.writeTextFile(
      `${folder}/config`,
      configOf(options, folder, port, tlsPort, strictPort),
    );
    const program = await ChildProgram.start({
      program: PROGRAM,
      args: ["-p", folder, "-e", "stderr", "-c", `${folder}/config`],
      ready: /start worker process \d/,
    });
    return {
      folder,
      root,
      url: `http://127.0.0.1:${port}`,
      tlsPort,
      strictPort,
      unix,
      async [Symbol.asyncDispose]() {
        await program[Symbol.asyncDispose]();
        await Deno.remove(folder, { recursive: true });
      },
    };
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
}

function configOf(
  { lines = [], tls }: NginxOptions,
  folder: string,
  port: number,
  tlsPort: number,
  strictPort: number,
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
