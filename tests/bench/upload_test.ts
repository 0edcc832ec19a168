import { assert, assertEquals, assertRejects } from "@std/assert";
import { type HandlerName, HANDLERS } from "../../bench/servers/serve_handlers.ts";
import { patternDigest } from "../../bench/servers/pattern.ts";
import { checkUpload, runUploads } from "../../bench/upload.ts";
import { NEVER } from "./test_grounds.ts";

const BYTES = 1_100_000;

/** A server with a handler of the bench, or another. */
function start(
  handler: (request: Request) => Response | Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
}

const run = (port: number) => ({ port, target: "/up", bodyBytes: BYTES, signal: NEVER });

Deno.test("uploads arrive whole at the handler that counts them, and are counted", async () => {
  const name: HandlerName = "serve-upload";
  await using server = start(HANDLERS[name](BYTES));
  const { port } = server.addr;
  await checkUpload(run(port), patternDigest(BYTES));
  const report = await runUploads({ ...run(port), seconds: 0.01 });
  assert(report.transfers >= 1 && report.seconds >= 0.01);
  assertEquals(report.bytes, report.transfers * BYTES);
  await assertRejects(
    () => checkUpload(run(port), patternDigest(BYTES - 1)),
    Error,
    'Cannot measure "/up": the answer to the upload is "1100000 ',
  );
});

Deno.test("an upload that did not arrive whole is an error", async () => {
  await using server = start(async (request) => {
    await request.bytes();
    return new Response("17");
  });
  await assertRejects(
    () => runUploads({ ...run(server.addr.port), seconds: 0.01 }),
    Error,
    'Cannot upload "/up": the answer is "17"',
  );
});
