// A server of Node beside a test, from a few lines of its own: `await using node = await
// startNode(program)`. The program defines `handler`, or serves `server` in its own way.

import type { CertificateFiles } from "./certificate.ts";
import { ChildProgram } from "./child_program.ts";

const BEGINNING = `
  import http from "node:http";
  import https from "node:https";
  import zlib from "node:zlib";
  import net from "node:net";
  import { createHash } from "node:crypto";
  import { readFileSync } from "node:fs";
  const [certFile, keyFile, caFile] = process.argv.slice(1);
  const tls = certFile
    ? { cert: readFileSync(certFile), key: readFileSync(keyFile), ca: readFileSync(caFile) }
    : undefined;
  const say = (value) => console.log("say " + JSON.stringify(value));
  const readAll = async (stream) => {
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    return Buffer.concat(pieces);
  };
`;
const END = `
  server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port + "."));
`;

/** A running server. */
export interface NodeServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:port`, or with `https` and `localhost`. */
  readonly url: string;
  /** What it has said so far, by `say(value)`. */
  readonly said: unknown[];
  /** Waits until its output has this. */
  says(pattern: RegExp): Promise<unknown>;
}

/** Starts a program that makes a `server`, with a certificate where there is one. */
export async function startNode(program: string, files?: CertificateFiles): Promise<NodeServer> {
  const source = `${BEGINNING}\n${program}\n${END}`;
  const paths = files === undefined ? [] : [files.cert, files.key, files.authority];
  const child = await ChildProgram.start({
    program: "node",
    args: ["--no-warnings", "--input-type=module", "-e", source, ...paths],
    ready: /port (\d+)\./,
  });
  const port = Number(child.match[1]);
  return {
    port,
    url: files === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    get said() {
      return [...child.text.matchAll(/^say (.*)$/gm)].map(([, json]) => JSON.parse(json!));
    },
    says: (pattern) => child.said(pattern),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
