// Deno.serve with the handler and the length of bodies that the arguments name. Prints its port.
import { type HandlerName, HANDLERS } from "./serve_handlers.ts";

const [name, bodyBytes] = Deno.args;
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(port),
  // When wrk ends, it leaves in the middle of bodies; a status that is wrong is seen by wrk.
  onError: () => new Response(null, { status: 500 }),
}, HANDLERS[name as HandlerName](Number(bodyBytes)));
