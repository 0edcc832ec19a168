/**
 * HTTP/1.1 for Deno on raw TCP. This module offers all that its entry points do; import from
 * `@eco/http/client`, `@eco/http/server` or `@eco/http/multipart` to load one of them alone.
 *
 * @module
 */

export * from "./client/mod.ts";
export * from "./multipart/mod.ts";
export * from "./server/mod.ts";
