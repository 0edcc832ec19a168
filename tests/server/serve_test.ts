import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { serve, type ServeHandler, type ServeOptions } from "../../server/mod.ts";
import { RawClient } from "./raw_client.ts";
import { makeCertificate } from "../peers/certificate.ts";
import { testWith } from "../peers/programs.ts";

const handler: ServeHandler = (request) => new Response(new URL(request.url).pathname);
const quiet = { port: 0, hostname: "127.0.0.1", onListen() {} };

Deno.test("serve() takes handler and options in every order that Deno.serve and others have", async () => {
  const servers = [
    serve(handler, quiet),
    serve(quiet, handler),
    serve({ ...quiet, handler }),
  ];
  for (const server of servers) {
    await using _server = server;
    const response = await fetch(`http://127.0.0.1:${server.addr.port}/x`);
    assertEquals(await response.text(), "/x");
  }
});

Deno.test("serve() takes what is typed for Deno.serve, and is a Deno.HttpServer", async () => {
  const theirs: Deno.ServeHandler<Deno.NetAddr> = async (_request, info) => {
    info.completed.then((nothing: void) => nothing);
    return new Response(await Promise.resolve(info.remoteAddr.hostname));
  };
  const options: Deno.ServeTcpOptions = { ...quiet };
  const server: Deno.HttpServer<Deno.NetAddr> = serve(options, theirs);
  await using _server = server;
  using client = await RawClient.connect(server as ReturnType<typeof serve>);
  assertEquals((await client.ask("GET /")).body, "127.0.0.1");
  // The same the other way round: a handler for ours under theirs.
  const ours: ServeHandler = (_request, { remoteAddr }) => new Response(remoteAddr.hostname);
  await using other = Deno.serve(quiet, ours as unknown as Deno.ServeHandler);
  assert(other.addr.port > 0);
});

Deno.test("serve() says where it listens, at once, on the standard error", () => {
  const printed: unknown[] = [];
  const { error } = console;
  console.error = (text: unknown) => void printed.push(text);
  try {
    serve({ ...quiet, onListen: undefined }, handler).close();
    serve({ port: 0, onListen: undefined }, handler).close();
  } finally {
    console.error = error;
  }
  const [one, all] = printed.map((text) => String(text).replaceAll(/:\d+/g, ":1"));
  assertEquals(one, "Listening on http://127.0.0.1:1/");
  assertEquals(all, "Listening on http://0.0.0.0:1/ (http://localhost:1/)");
});

Deno.test("serve() takes a port as the environment has it", async () => {
  await using server = serve({ ...quiet, port: "0" as unknown as number }, handler);
  assert(server.addr.port > 0);
});

Deno.test("serve() tells onListen its address before it returns", async () => {
  let told: Deno.NetAddr | undefined;
  await using server = serve({ ...quiet, onListen: (addr) => told = addr }, handler);
  assertEquals(told, server.addr);
  assertEquals(told?.transport, "tcp");
});

Deno.test("serve() does not listen on when onListen fails", async () => {
  let port = 0;
  const onListen = (addr: Deno.NetAddr): void => {
    port = addr.port;
    throw new Error("no");
  };
  assertThrows(() => serve({ ...quiet, onListen }, handler), Error, "no");
  await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port }));
});

Deno.test("serve() ends at once with its signal, which then knows nothing of it", async () => {
  const abort = new AbortController();
  const started = Promise.withResolvers<void>();
  const server = serve({ ...quiet, signal: abort.signal }, () => {
    started.resolve();
    return new Promise(() => {});
  });
  using client = await RawClient.connect(server);
  await client.request("GET /");
  await started.promise;
  abort.abort();
  await server.finished;
  assertEquals(await client.readAll(), "");
  await serve({ ...quiet, signal: AbortSignal.abort() }, handler).finished;
});

Deno.test("serve() listens on unix sockets", async () => {
  const path = `${await Deno.makeTempDir()}/socket`;
  const addrs: Deno.UnixAddr[] = [];
  await using server = serve(
    { path, onListen: (addr) => void addrs.push(addr) },
    (request, info) => {
      addrs.push(info.localAddr);
      addrs.push(info.remoteAddr);
      return new Response(request.url);
    },
  );
  using client = await RawClient.connect(server);
  assertEquals((await client.ask("GET /x")).body, "http://localhost/x");
  assertEquals(addrs.map((addr) => addr.path), [path, path, path]);
});

testWith(["openssl"], "serve() speaks TLS", async () => {
  using files = await makeCertificate();
  const { cert, key } = files;
  await using server = serve({ ...quiet, cert, key }, (request) => new Response(request.url));
  const { port } = server.addr;
  using http = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(files.authority)] });
  const response = await fetch(`https://localhost:${port}/x`, { client: http });
  assertEquals(await response.text(), `https://localhost:${port}/x`);
});

Deno.test("serve() holds the limits of listen", async () => {
  await using server = serve({ ...quiet, maxTargetBytes: 10, onError() {} }, handler);
  using client = await RawClient.connect(server);
  assertEquals((await client.ask("GET /0123456789")).status, 414);
});

Deno.test("serve() says what is wrong with its arguments", () => {
  const wrong: [unknown, string][] = [
    [{ port: -1 }, '"port"'],
    [{ port: 1.5 }, '"port"'],
    [{ port: "x80" }, '"port"'],
    [{ hostname: 1 }, '"hostname"'],
    [{ signal: {} }, '"signal"'],
    [{ onListen: 1 }, '"onListen"'],
    [{ automaticCompression: 1 }, '"automaticCompression"'],
    [{ onError: 1 }, '"onError"'],
    [{ transport: "vsock" }, '"transport"'],
    [{ transport: "unix" }, '"path"'],
    [{ transport: "tcp", path: "/x" }, '"path"'],
    [{ cert: "x" }, '"key"'],
    [{ maxHeadBytes: -1 }, '"maxHeadBytes"'],
  ];
  for (const [options, name] of wrong) {
    const error = assertThrows(() =>
      serve({ ...quiet, ...(options as ServeOptions) }, handler)
    ) as Error;
    assert(error instanceof TypeError || error instanceof RangeError, name);
    assert(error.message.includes(name), error.message);
  }
  assertThrows(() => serve({} as never), TypeError, "no handler");
  assertThrows(() => serve(handler, 1 as never), TypeError, "arguments");
});

Deno.test("serve() throws when the port is taken", async () => {
  await using server = serve(quiet, handler);
  assertThrows(() => serve({ ...quiet, port: server.addr.port }, handler), Deno.errors.AddrInUse);
});
