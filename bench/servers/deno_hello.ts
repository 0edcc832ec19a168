// Deno.serve: the same five bytes for every request, as text/plain by default. Prints its port.
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(port),
}, () => new Response("hello"));
