/** The application on `serve`: `deno run --allow-net --allow-read examples/serve.ts [port]`. */

import { serve } from "@eco/http/server";
import app from "./app.ts";

const server = serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[0] ?? 8000),
  // Limits and deadlines go here, see the README of the package.
  maxBodyBytes: 16 * 1024 * 1024,
}, (request, info) => app.fetch(request, info));

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    // What is under way completes; a second signal does not wait.
    Deno.addSignalListener(signal, () => Deno.exit(1));
    await server.shutdown({ timeout: 10 });
    Deno.exit();
  });
}
