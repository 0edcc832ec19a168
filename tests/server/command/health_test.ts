import { assertEquals } from "@std/assert";
import { answerHealth } from "../../../server/command/health.ts";
import { valueOf } from "../../conformance/response_parser.ts";
import { get, serveAll } from "../served.ts";

async function ask(request: string, draining: boolean): Promise<unknown[]> {
  const served = await serveAll([request], (con, req) => answerHealth(con, req.method, draining));
  const [response] = served.responses(request.split(" ")[0]!);
  const { status, body } = response!;
  return [status, body, valueOf(response!, "cache-control"), valueOf(response!, "allow")];
}

Deno.test("answerHealth() is 200 while all is well, and 503 while the server ends", async () => {
  assertEquals(await ask(get("/"), false), [200, "ok\n", "no-store", undefined]);
  assertEquals(await ask(get("/"), true), [503, "draining\n", "no-store", undefined]);
});

Deno.test("answerHealth() answers HEAD as well, and 405 to others", async () => {
  const head = get("/").replace("GET", "HEAD");
  assertEquals((await ask(head, true)).slice(0, 2), [503, ""]);
  const post = get("/").replace("GET", "DELETE");
  assertEquals(await ask(post, false), [405, "", "no-store", "GET, HEAD"]);
});
