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

/** Paths of a certificate and its key. */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
const LOCALHOST = "DNS:localhost,IP:127.0.0.1";

/** Makes an authority, a key and a certificate, which is good for `days`; -1: it has expired. */
export async function makeCertificate(days = 2): Promise<CertificateFiles> {
  const folder = Deno.realPathSync(await Deno.makeTempDir({ prefix: "eco_http_cert_" }));
  const at = (name: string): string => `${folder}/${name}`;
  const files: CertificateFiles = {
    folder,
    authority: at("authority.pem"),
    cert: at("cert.pem"),
    key: at("key.pem"),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
  await openssl("req", "-x509", ...NEW_KEY, "-days", "2", "-subj", "/CN=Test authority", [
    ...["-keyout", at("authority.key"), "-out", files.authority],
  ]);
  await sign(folder, "cert", "key", LOCALHOST, days);
  return files;
}

/** Makes another certificate of the same authority, for names such as `DNS:other.test`. */
export async function makeAnother(
  { folder }: CertificateFiles,
  name: string,
  alternativeNames: string,
): Promise<CertifiedKey> {
  return await sign(folder, `${name}-cert`, `${name}-key`, alternativeNames);
}

/** Makes a certificate for localhost that nobody has signed but itself. */
export async function makeSelfSigned({ folder }: CertificateFiles): Promise<CertifiedKey> {
  const files = { cert: `${folder}/self-cert.pem`, key: `${folder}/self-key.pem` };
  await openssl("req", "-x509", ...NEW_KEY, "-days", "2", "-subj", "/CN=localhost", [
    ...["-addext", `subjectAltName=${LOCALHOST}`, "-keyout", files.key, "-out", files.cert],
  ]);
  return files;
}

/** Makes a key, and a certificate that the folder's authority signs. */
async function sign(
  folder: string,
  certName: string,
  keyName: string,
  alternativeNames: string,
  days = 2,
): Promise<CertifiedKey> {
  const at = (name: string): string => `${folder}/${name}`;
  const files = { cert: at(`${certName}.pem`), key: at(`${keyName}.pem`) };
  const name = alternativeNames.split(",")[0]!.split(":")[1]!;
  await Deno.writeTextFile(
    at("extensions"),
    `subjectAltName=${alternativeNames}\nbasicConstraints=critical,CA:FALSE\n`,
  );
  await openssl("req", ...NEW_KEY, "-subj", `/CN=${name}`, [
    ...["-keyout", files.key, "-out", at("request")],
  ]);
  await openssl("x509", "-req", "-in", at("request"), "-days", `${days}`, "-CAcreateserial", [
    ...["-CA", at("authority.pem"), "-CAkey", at("authority.key")],
    ...["-extfile", at("extensions"), "-out", files.cert],
  ]);
  return files;
}

async function openssl(...args: (string | string[])[]): Promise<void> {
  const { code, stderr } = await run("openssl", args.flat());
  if (code !== 0) throw new Error(`Cannot make certificate: ${stderr}`);
}
