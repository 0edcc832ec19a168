import { assertEquals, assertRejects } from "@std/assert";
import { connectUnix } from "../../../client/dial/unix.ts";
import { assertConnectError, assertEcho, EchoServer, Watch } from "../support/dialing.ts";

Deno.test("connectUnix() connects to a socket", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/socket`;
    await using _server = new EchoServer(Deno.listen({ transport: "unix", path }));
    const watch = new Watch();
    await assertEcho(await connectUnix(path, watch));
    assertEquals(watch.phases, ["connect"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("connectUnix() says that there is no such socket", async () => {
  await assertConnectError(
    () => connectUnix("/nowhere/socket", new Watch()),
    "connect",
    'Cannot connect to "/nowhere/socket": there is no such socket',
  );
});

Deno.test("connectUnix() leaves nothing open after an abort", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/socket`;
    await using _server = new EchoServer(Deno.listen({ transport: "unix", path }));
    const aborted = new Watch(AbortSignal.abort(new URIError("enough")));
    await assertRejects(() => connectUnix(path, aborted), URIError, "enough");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
