// An application of Hono with much of what the framework offers. It knows of its server only how a request becomes
// a WebSocket.

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { basicAuth } from "hono/basic-auth";
import { bearerAuth } from "hono/bearer-auth";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { methodOverride } from "hono/method-override";
import { poweredBy } from "hono/powered-by";
import { prettyJSON } from "hono/pretty-json";
import { secureHeaders } from "hono/secure-headers";
import { stream, streamSSE, streamText } from "hono/streaming";
import { validator } from "hono/validator";
import type { UpgradeWebSocket, WSEvents } from "hono/ws";

const SECRET = "not really one";
const LONG = "Lorem ipsum dolor sit amet. ".repeat(100);

/** Turns the event loop, so that what was written has left. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** A middleware of the application's own. */
const timing: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("X-Path", c.req.path);
  c.res.headers.append("Vary", "X-Test");
};

/** Routes with parameters, mounted below `/books`. */
function books(): Hono {
  return new Hono()
    .get("/", (c) => c.json([{ id: 1 }, { id: 2 }]))
    .get("/:id{[0-9]+}", (c) => c.json({ id: Number(c.req.param("id")), q: c.req.queries("q") }))
    .get("/:id/pages/:page?", (c) => c.json(c.req.param()))
    .get("/files/*", (c) => c.text(c.req.path))
    .post("/", async (c) => c.json({ got: await c.req.json() }, 201))
    .put("/:id", async (c) => c.body(await c.req.arrayBuffer(), { headers: { "x-put": "1" } }))
    .delete("/:id", (c) => c.body(null, 204));
}

function cookies(): Hono {
  return new Hono()
    .get("/set", async (c) => {
      setCookie(c, "plain", "v 1", { path: "/", httpOnly: true, sameSite: "Lax", maxAge: 60 });
      setCookie(c, "secure", "2", { prefix: "secure" });
      await setSignedCookie(c, "signed", "3", SECRET);
      return c.text("set");
    })
    .get("/get", async (c) => c.json([getCookie(c), await getSignedCookie(c, SECRET)]))
    .get("/delete", (c) => {
      deleteCookie(c, "plain");
      return c.redirect("/cookies/get");
    });
}

function streams(): Hono {
  return new Hono()
    .get("/bytes", (c) =>
      stream(c, async (out) => {
        await out.write(new Uint8Array([1, 2, 3]));
        await turn();
        await out.pipe(new Blob(["piped"]).stream());
      }))
    .get("/text", (c) =>
      streamText(c, async (out) => {
        await out.writeln("first");
        await turn();
        await out.write("second");
      }))
    .get("/events", (c) =>
      streamSSE(c, async (out) => {
        const last = c.req.header("last-event-id") ?? "none";
        await out.writeSSE({ data: `last was ${last}`, event: "hello", id: "7", retry: 10 });
        await turn();
        await out.writeSSE({ data: "two\nlines" });
      }))
    .get("/fails", (c) =>
      stream(c, async (out) => {
        await out.write("before");
        throw new Error("on purpose");
      }, async (error, out) => {
        await out.write(`, ${error.message}`);
      }));
}

function guarded(): Hono {
  return new Hono()
    .use("/basic/*", basicAuth({ username: "user", password: "pass" }))
    .get("/basic/page", (c) => c.text("for you"))
    .use("/bearer/*", bearerAuth({ token: "token" }))
    .get("/bearer/page", (c) => c.text("for you"))
    .post("/small", bodyLimit({ maxSize: 10 }), async (c) => c.text(await c.req.text()));
}

function decorated(): Hono {
  return new Hono()
    .use("/cors/*", cors({ origin: "http://origin.test", credentials: true, maxAge: 5 }))
    .get("/cors/x", (c) => c.text("cors"))
    .use("/etag/*", etag())
    .get("/etag/x", (c) => c.text("tagged"))
    .use("/compress/*", compress())
    .get("/compress/x", (c) => c.text(LONG))
    .get("/compress/small", (c) => c.text("small"))
    .use("/json/*", prettyJSON())
    .get("/json/x", (c) => c.json({ a: 1 }))
    .use("/secure/*", secureHeaders())
    .get("/secure/x", (c) => c.html("<p>secure</p>"));
}

const checked = validator("form", (value, c) => {
  return typeof value["title"] === "string" ? { title: value["title"] } : c.text("no title", 400);
});

function forms(): Hono {
  return new Hono()
    .post("/checked", checked, (c) => c.json(c.req.valid("form")))
    .post("/parsed", async (c) => {
      const { file, ...rest } = await c.req.parseBody({ all: true });
      const text = file instanceof File ? [file.name, file.type, await file.text()] : null;
      return c.json({ rest, text });
    })
    .get("/query", validator("query", (value) => value), (c) => c.json(c.req.valid("query")));
}

/** The application. `upgradeWebSocket` is the adapter of its server. */
export function makeApp(upgradeWebSocket: UpgradeWebSocket<WebSocket>): Hono {
  const app = new Hono();
  // Before and behind the middleware that adds fields to every response, also to that of a handshake.
  app.get("/socket", upgradeWebSocket(events));
  app.use(poweredBy(), timing);
  app.get("/late/socket", upgradeWebSocket(events));
  app.get("/", (c) => c.text("Hello Hono!"));
  app.get("/html", (c) => c.html("<h1>ü</h1>"));
  app.get("/status", (c) => c.text("teapot", 418, { "X-Custom": "1" }));
  app.get("/headers", (c) => c.json([c.req.header("x-a"), c.req.header("host"), c.req.url]));
  app.get("/permanent", (c) => c.redirect("/", 301));
  app.get("/none", (c) => c.body(null));
  app.get("/raw", () => new Response("raw", { headers: { "content-type": "text/x-raw" } }));
  app.get("/wait", async (c) => {
    await turn();
    return c.text("waited");
  });
  app.all("/any", (c) => c.text(c.req.method));
  app.on(["PURGE", "LOCK"], "/cache", (c) => c.text(c.req.method));
  app.use("/override", methodOverride({ app }));
  app.delete("/override", (c) => c.text("overridden"));
  app.get("/throws", () => {
    throw new Error("on purpose");
  });
  app.get("/exception", () => {
    throw new HTTPException(409, { message: "conflict" });
  });
  app.get("/next", async (_c, next) => await next(), (c) => c.text("second"));
  app.post("/twice", async (c) => c.json([await c.req.text(), await c.req.text()]));
  app.post("/clone", async (c) => c.json([await c.req.raw.clone().text(), await c.req.text()]));
  app.post("/echo", (c) => new Response(c.req.raw.body));
  app.route("/books", books());
  app.route("/cookies", cookies());
  app.route("/streams", streams());
  app.route("/guarded", guarded());
  app.route("/decorated", decorated());
  app.route("/forms", forms());
  app.mount("/mounted", (request) => new Response(`mounted ${new URL(request.url).pathname}`));
  app.get("/socket", (c) => c.text("a WebSocket is wanted", 426));
  app.notFound((c) => c.text(`nothing at ${c.req.path}`, 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    return c.text(`sorry: ${error.message}`, 500);
  });
  return app;
}

/** Echoes; "bye" closes. */
function events(c: Context): WSEvents<WebSocket> {
  const name = c.req.query("name") ?? "nobody";
  return {
    onOpen: (_event, socket) => socket.send(`hello ${name}`),
    onMessage: ({ data }, socket) => {
      if (data === "bye") socket.close(4000, "as you wish");
      else socket.send(data as string | ArrayBuffer);
    },
  };
}
