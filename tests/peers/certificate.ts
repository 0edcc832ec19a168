// A certificate for localhost and 127.0.0.1, signed by an authority made for the test, in a folder
// that goes with it: `using files = await makeCertificate()`. Needs openssl.

import { run } from "./programs.ts";

/** Paths of PEM files. */
export interface CertificateFiles extends Disposable {
  readonly folder: string;
  /** The authority, for clients to trust. */
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes an authority, a key and a certificate. */
export async function makeCertificate(): Promise<CertificateFiles> {
  const folder = Deno.realPathSync(await Deno.makeTempDir({ prefix: "eco_http_cert_" }));
  const at = (name: string): string => `${folder}/${name}`;
  const files: CertificateFiles = {
    folder,
    authority: at("authority.pem"),
    cert: at("cert.pem"),
    key: at("key.pem"),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await Deno.writeTextFile(
    at("extensions"),
    "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n",
  );
  await openssl("req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=Test authority", [
    ...["-keyout", at("authority.key"), "-out", files.authority],
  ]);
  await openssl("req", ...newKey, "-subj", "/CN=localhost", [
    ...["-keyout", files.key, "-out", at("request")],
  ]);
  await openssl("x509", "-req", "-in", at("request"), "-days", "2", "-CAcreateserial", [
    ...["-CA", files.authority, "-CAkey", at("authority.key")],
    ...["-extfile", at("extensions"), "-out", files.cert],
  ]);
  return files;
}

async function openssl(...args: (string | string[])[]): Promise<void> {
  const { code, stderr } = await run("openssl", args.flat());
  if (code !== 0) throw new Error(`Cannot make certificate: ${stderr}`);
}
