/**
 * HTTP/1.1 for Deno on raw TCP. This module offers all that its entry points do; import from
 * `@eco/http/server` to load the server alone.
 *
 * @module
 */

export * from "./server/mod.ts";
