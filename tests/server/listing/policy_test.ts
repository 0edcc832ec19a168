import { assert, assertEquals } from "@std/assert";
import { contentSecurityPolicy } from "../../../server/listing/policy.ts";

Deno.test("contentSecurityPolicy() allows the one script and style by their hashes, and nothing from elsewhere", async () => {
  const policy = await contentSecurityPolicy("", "abc");
  assertEquals(policy.split("; "), [
    "default-src 'none'",
    "script-src 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='",
    "style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "connect-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]);
  assert(!policy.includes("unsafe"));
});
