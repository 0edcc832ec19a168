// Deno.serve with serveDir of the Deno standard library. The first argument is the module to take
// serveDir from (../std_file_server.ts says which one that is), the second one the folder. Prints
// its port.
const [specifier, fsRoot] = Deno.args;
const { serveDir } = await import(specifier);

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(port),
}, (request) => serveDir(request, { fsRoot, quiet: true }));
