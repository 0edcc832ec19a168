// This library: the folder that is the first argument. Prints its port.
import { serve, serveFiles } from "../../server/mod.ts";

const [docroot] = Deno.args;
serve(serveFiles({ docroot }), {
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(port),
});
