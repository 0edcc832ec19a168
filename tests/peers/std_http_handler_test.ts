// A handler made of @std/http, with cookies, content negotiation and server-sent events, under Deno.serve and under
// serve(): equal answers.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { deleteCookie, getCookies, setCookie } from "@std/http/cookie";
import { accepts } from "@std/http/negotiation";
import {
  type ServerSentEventMessage,
  ServerSentEventStream,
} from "@std/http/server-sent-event-stream";
import { STATUS_CODE } from "@std/http/status";
import { serve } from "../../server/mod.ts";
import { type Answer, Asker } from "./serve_table/ask.ts";
import { get } from "./serve_table/case.ts";
import { describeAnswer } from "./serve_table/describe.ts";

const OPTIONS = { hostname: "127.0.0.1", port: 0, onListen: () => {} };

async function* count(from: number): AsyncGenerator<ServerSentEventMessage> {
  yield { comment: "numbers", retry: 5 };
  for (let id = from; id < from + 3; id++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield { id, event: "number", data: `${id}\n${id * id}` };
  }
}

function handle(request: Request): Response {
  const { pathname } = new URL(request.url);
  const headers = new Headers();
  switch (pathname) {
    case "/login":
      setCookie(headers, {
        name: "session",
        value: "s3",
        httpOnly: true,
        sameSite: "Strict",
        path: "/",
        maxAge: 60,
      });
      setCookie(headers, { name: "__Host-id", value: "7", expires: new Date(0) });
      headers.set("location", "/me");
      return new Response(null, { status: STATUS_CODE.SeeOther, headers });
    case "/logout":
      deleteCookie(headers, "session", { path: "/" });
      return new Response("bye", { headers });
    case "/me":
      return Response.json(getCookies(request.headers), { headers });
    case "/kind":
      return new Response(accepts(request, "text/html", "application/json") ?? "neither");
    case "/numbers": {
      const last = Number(request.headers.get("last-event-id") ?? "0");
      const stream = ReadableStream.from(count(last + 1)).pipeThrough(new ServerSentEventStream());
      headers.set("content-type", "text/event-stream");
      headers.set("cache-control", "no-cache");
      return new Response(stream, { headers });
    }
    default:
      return new Response("Not found", { status: STATUS_CODE.NotFound });
  }
}

const REQUESTS = [
  get("/login"),
  get("/me", "Cookie: session=s3; __Host-id=7", "Cookie: third=a=b"),
  get("/me"),
  get("/logout", "Cookie: session=s3"),
  get("/kind", "Accept: application/json;q=0.9, text/html;q=0.1"),
  get("/kind", "Accept: image/png"),
  get("/numbers"),
  get("/numbers", "Last-Event-ID: 3"),
  get("/other"),
];

async function askAll(port: number): Promise<(Answer | undefined)[]> {
  using asker = await Asker.connect(port);
  const answers: (Answer | undefined)[] = [];
  for (const request of REQUESTS) {
    await asker.send(request);
    answers.push(await asker.read("GET"));
  }
  return answers;
}

Deno.test("a handler of @std/http answers the same under serve() as under Deno.serve", async () => {
  const deno = Deno.serve(OPTIONS, handle);
  const ours = serve(OPTIONS, handle);
  try {
    const [theirs, own] = [await askAll(deno.addr.port), await askAll(ours.addr.port)];
    assert(own.every((answer) => answer?.whole));
    assertEquals(own.map((it) => describeAnswer(it)), theirs.map((it) => describeAnswer(it)));
    const [login, me] = own.map((answer) => [answer?.fields.join("\n"), answer?.body].join("\n"));
    assertStringIncludes(login!, "session=s3; HttpOnly; Max-Age=60; SameSite=Strict; Path=/");
    assertStringIncludes(me!, '{"session":"s3","__Host-id":"7","third":"a=b"}');
    assertStringIncludes(own[7]!.body, "event:number\ndata:4\ndata:16\nid:4\n\n");
  } finally {
    await Promise.all([deno.shutdown(), ours.shutdown()]);
  }
});
