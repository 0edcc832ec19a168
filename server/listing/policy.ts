// The Content-Security-Policy of the page: nothing runs or is drawn in it but what the server has put there, and
// it talks to nobody else.

/** The policy for a page with this one style and this one script. */
export async function contentSecurityPolicy(style: string, script: string): Promise<string> {
  return [
    "default-src 'none'",
    `script-src '${await hashOf(script)}'`,
    `style-src '${await hashOf(style)}'`,
    "connect-src 'self'",
    // A README may show pictures of its folder; the page's own icon is part of it.
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

async function hashOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}`;
}
