// Every option of the serve command, in one table.

import type { Option } from "./option.ts";

const FILES: readonly Option[] = [
  {
    ...{ name: "dir", type: "text", value: "folder", byDefault: ".", group: "Files" },
    help: "The folder to serve; may stand without its name",
  },
  {
    ...{ name: "index", type: "text", value: "name", byDefault: "index.html", group: "Files" },
    help: "The file that stands for its folder",
  },
  {
    ...{ name: "spa", type: "text", value: "file", bare: "index.html", group: "Files" },
    help: "Send this file, by default index.html, for pages that are no files",
  },
  {
    ...{ name: "404", type: "text", value: "file", group: "Files" },
    help: "Send this file with status 404 for what is not there",
  },
  {
    ...{ name: "clean-urls", type: "flag", byDefault: false, group: "Files" },
    help: "Serve page.html as /page, and redirect there",
  },
  {
    ...{ name: "links", type: "text", value: "which", byDefault: "inside", group: "Files" },
    choices: ["inside", "none", "anywhere"],
    help: "Symbolic links to follow: those that stay inside the folder, none, or anywhere",
  },
  {
    ...{ name: "dotfiles", type: "flag", byDefault: false, group: "Files" },
    help: "Serve names that begin with a dot, which are hidden otherwise, except /.well-known",
  },
  {
    ...{ name: "hidden", type: "list", value: "glob", group: "Files" },
    help: "Hide what matches; a glob without a slash is for names anywhere",
  },
  {
    ...{ name: "prefix", type: "text", value: "path", byDefault: "/", group: "Files" },
    help: "Serve the folder below this path",
  },
];

const PAGES: readonly Option[] = [
  {
    ...{ name: "listing", type: "flag", byDefault: true, group: "Pages and changes" },
    help: "List folders that have no index, with --spa only if this is given",
  },
  {
    ...{ name: "zip", type: "flag", group: "Pages and changes" },
    help: "Offer folders as zip archives (default: as --listing)",
  },
  {
    ...{ name: "upload", type: "flag", byDefault: false, group: "Pages and changes" },
    help: "Allow to upload files; needs --allow-write of the folder",
  },
  {
    ...{ name: "overwrite", type: "flag", byDefault: false, group: "Pages and changes" },
    help: "Allow uploads and renames to replace files; needs --upload or --edit",
  },
  {
    ...{ name: "edit", type: "flag", byDefault: false, group: "Pages and changes" },
    help: "Allow to make folders, to rename and to delete; needs --allow-write of the folder",
  },
  {
    ...{ name: "max-upload", type: "text", value: "size", group: "Pages and changes" },
    help: "Largest file to upload, such as 500M (default: no limit)",
  },
];

const ANSWERS: readonly Option[] = [
  {
    ...{ name: "gzip", type: "flag", byDefault: false, group: "Answers" },
    help: "Send file.gz for file to clients that accept gzip",
  },
  {
    ...{ name: "precompressed", type: "text", value: "codings", bare: "br,zstd,gzip" },
    group: "Answers",
    help: "Send file.br, file.zst or file.gz for file to clients that accept that; some of " +
      "br,zstd,gzip or, without a value, all",
  },
  {
    ...{ name: "compress", type: "flag", byDefault: false, group: "Answers" },
    help: "Compress texts on their way to clients that accept that",
  },
  {
    ...{ name: "cache", type: "list", value: "glob=value", group: "Answers" },
    help: 'Cache-Control of what matches, the first match counts; the value "immutable" is for ' +
      "names with a hash in them",
  },
  {
    ...{ name: "memory", type: "text", value: "size", byDefault: "64M", group: "Answers" },
    help: "Memory for small files that are asked for often, or off",
  },
  {
    ...{ name: "header", type: "list", value: "name: value", group: "Answers" },
    help: "Send this field with every answer",
  },
  {
    ...{ name: "cors", type: "text", value: "origins", bare: "*", group: "Answers" },
    help: "Let pages of these origins, separated by commas, or of any read the answers",
  },
];

const NETWORK: readonly Option[] = [
  {
    ...{ name: "host", type: "text", value: "address", byDefault: "127.0.0.1" },
    group: "Network and access",
    help: "Address to listen on; 0.0.0.0 or :: for all",
  },
  {
    ...{ name: "port", type: "number", value: "port", byDefault: 8080, range: [0, 65535] },
    group: "Network and access",
    help: "Port to listen on; 0 takes any free one",
  },
  {
    ...{ name: "cert", type: "text", value: "file", protects: true },
    group: "Network and access",
    help: "Serve HTTPS with this certificate chain in PEM; needs --key",
  },
  {
    ...{ name: "key", type: "text", value: "file", protects: true, group: "Network and access" },
    help: "The private key of that certificate in PEM",
  },
  {
    ...{ name: "auth", type: "list", value: "user:hash", protects: true },
    group: "Network and access",
    help: "Ask for this user's password; the hash is bcrypt, as `htpasswd -nbB` prints it, " +
      "sha256:HEX or sha512:HEX",
  },
  {
    ...{ name: "auth-file", type: "text", value: "file", protects: true },
    group: "Network and access",
    help: "Users from this file, a user:hash on each line",
  },
  {
    ...{ name: "auth-without-tls", type: "flag", byDefault: false, group: "Network and access" },
    help: "Take passwords without TLS from other machines, too",
  },
  {
    ...{ name: "trust-proxy", type: "text", value: "addresses", bare: "loopback" },
    group: "Network and access",
    help: "Log the client that a proxy at these addresses or networks, such as 10.0.0.0/8, " +
      "names; without a value a proxy on this machine",
  },
];

const RUNNING: readonly Option[] = [
  {
    ...{ name: "log", type: "text", value: "format", byDefault: "common", group: "Running" },
    choices: ["none", "common", "combined", "json"],
    help: "The line for each request: none, common, combined or json",
  },
  {
    ...{ name: "quiet", type: "flag", byDefault: false, group: "Running" },
    help: "Print no line for each request, as --log none",
  },
  {
    ...{ name: "health", type: "text", value: "path", bare: "/healthz", group: "Running" },
    help: "Answer 200 at this path, by default /healthz, and 503 while the server ends; not logged",
  },
  {
    ...{ name: "drain", type: "number", value: "seconds", byDefault: 0, range: [0, 3600] },
    group: "Running",
    help: "Go on for so long at the end, with --health at 503, before new connections are refused",
  },
  {
    ...{ name: "grace", type: "number", value: "seconds", byDefault: 30, range: [0, 86400] },
    group: "Running",
    help: "Longest wait at the end for what is under way, which is cut then",
  },
  {
    ...{ name: "workers", type: "number", value: "count", byDefault: 1, range: [1, 256] },
    group: "Running",
    help: "Processor cores to use; more than 1 needs Linux and --unstable-net",
  },
  {
    ...{ name: "open", type: "flag", byDefault: false, group: "Running" },
    help: "Open a browser; needs --allow-run",
  },
  {
    ...{ name: "qr", type: "flag", byDefault: false, group: "Running" },
    help: "Print the address as a QR code for phones",
  },
];

const ABOUT: readonly Option[] = [
  {
    ...{ name: "config", type: "text", value: "file", group: "About" },
    help: "Read options from this JSON file; paths in it are relative to the working directory",
  },
  {
    ...{ name: "schema", type: "flag", group: "About", onlyArgument: true },
    help: "Print the JSON schema of that file",
  },
  {
    ...{ name: "help", type: "flag", alias: "h", group: "About", onlyArgument: true },
    help: "Print this text",
  },
  {
    ...{ name: "version", type: "flag", group: "About", onlyArgument: true },
    help: "Print the version",
  },
];

/** Every option, in the order of the help. */
export const OPTIONS: readonly Option[] = [
  ...FILES,
  ...PAGES,
  ...ANSWERS,
  ...NETWORK,
  ...RUNNING,
  ...ABOUT,
];
