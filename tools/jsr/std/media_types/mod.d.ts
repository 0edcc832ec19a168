/** Declarations of the media type table. */

/** The full `Content-Type` of an extension or media type, with its charset. */
export function contentType(extensionOrType: string): string | undefined;
export function typeByExtension(extension: string): string | undefined;
export function extension(type: string): string | undefined;
export function allExtensions(type: string): string[] | undefined;
export function getCharset(type: string): string | undefined;
export function parseMediaType(type: string): [string, Record<string, string> | undefined];
export function formatMediaType(
  type: string,
  param?: Record<string, string> | Iterable<[string, string]>,
): string;
