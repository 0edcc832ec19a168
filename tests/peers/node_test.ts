// Node's http client against `listen`. Each test is a small program of Node that prints what it saw.

import { assert, assertEquals } from "@std/assert";
import { type Handler, listen, type ListenOptions, type Server } from "../../server/mod.ts";
import { portOf } from "../server/raw_client.ts";
import { run, testWith } from "./programs.ts";

const ONLY_NODE: ["node"] = ["node"];

/** What every program begins with: http, the port, and `ask`, which reads a whole response. */
const PRELUDE = `
  import http from "node:http";
  import net from "node:net";
  import { once } from "node:events";
  const port = Number(process.argv[1]);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const start = (options) => http.request({ host: "127.0.0.1", port, agent, ...options });
  const read = async (response) => {
    let body = "";
    for await (const piece of response.setEncoding("latin1")) body += piece;
    return body;
  };
  const ask = async (options, body) => {
    const request = start(options);
    request.end(body);
    const [response] = await once(request, "response");
    return { response, request, body: await read(response) };
  };
  const print = (value) => console.log(JSON.stringify(value));
`;

/** Runs a program of Node against a server; what it printed, line by line, from JSON. */
async function runNode(server: Server, program: string): Promise<unknown[]> {
  const source = `${PRELUDE}\n${program}\nagent.destroy();`;
  const { code, stdout, stderr } = await run("node", [
    ...["--no-warnings", "--input-type=module", "-e", source, String(portOf(server))],
  ]);
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

function serve(handler: Handler, options: ListenOptions = {}): Server {
  return listen("127.0.0.1", 0, options, handler);
}

testWith(ONLY_NODE, "Node's agent keeps one connection for many requests", async () => {
  await using server = serve(async (con, req) => {
    con.send(`${req.method} ${req.path} `, await con.readBody());
  });
  const seen = await runNode(
    server,
    `for (let i = 0; i < 5; i++) {
      const method = i % 2 ? "POST" : "GET";
      const { request, body } = await ask({ method, path: "/" + i }, i % 2 ? "body" + i : undefined);
      print([body, request.reusedSocket]);
    }`,
  );
  assertEquals(seen, [
    ["GET /0 ", false],
    ["POST /1 body1", true],
    ["GET /2 ", true],
    ["POST /3 body3", true],
    ["GET /4 ", true],
  ]);
  assertEquals(server.stats().accepted, 1);
});

testWith(
  ONLY_NODE,
  "Node sees the end of the connection where the server announces it",
  async () => {
    await using server = serve(() => false);
    const seen = await runNode(
      server,
      `for (let i = 0; i < 2; i++) {
      const { response, request } = await ask({});
      print([response.headers.connection, request.reusedSocket]);
    }`,
    );
    assertEquals(seen, [["close", false], ["close", false]]);
  },
);

testWith(ONLY_NODE, "POSTs that Node sends at once are answered in order", async () => {
  await using server = serve(async (con, req) => {
    const body = await con.readText();
    // Not every answer takes the same time.
    if (Number(req.queryString) % 3 === 0) await new Promise((resolve) => setTimeout(resolve));
    con.send(`<${req.queryString}:${body}>`);
  });
  const COUNT = 60;
  const seen = await runNode(
    server,
    `const socket = net.connect(port, "127.0.0.1");
    let requests = "";
    for (let i = 0; i < ${COUNT}; i++) {
      const body = "x".repeat(i * 10);
      const size = body.length.toString(16);
      const chunked = "Transfer-Encoding: chunked\\r\\n\\r\\n" +
        size + "\\r\\n" + body + "\\r\\n0\\r\\n\\r\\n";
      const counted = "Content-Length: " + body.length + "\\r\\n\\r\\n" + body;
      requests += "POST /?" + i + " HTTP/1.1\\r\\nHost: x\\r\\n" + (i % 2 ? chunked : counted);
    }
    socket.write(requests);
    let text = "";
    for await (const piece of socket.setEncoding("latin1")) {
      text += piece;
      if (text.includes("<${COUNT - 1}:")) socket.end();
    }
    print([...text.matchAll(/<(\\d+):(x*)>/g)].map((match) => [match[1], match[2].length]));`,
  );
  assertEquals(seen, [Array.from({ length: COUNT }, (_, i) => [String(i), i * 10])]);
});

testWith(ONLY_NODE, "Node reads trailers, and sends some that disturb nothing", async () => {
  await using server = serve(async (con) => {
    con.send(await con.readBody());
    con.sendTrailers({ "X-Sum": "123" });
  });
  const seen = await runNode(
    server,
    `for (let i = 0; i < 2; i++) {
      const request = start({ method: "POST", headers: { Trailer: "X-Mine" } });
      request.write("first ");
      request.addTrailers({ "X-Mine": "1" });
      request.end("last");
      const [response] = await once(request, "response");
      const body = await read(response);
      print([body, response.trailers, request.reusedSocket]);
    }`,
  );
  assertEquals(seen, [
    ["first last", { "x-sum": "123" }, false],
    ["first last", { "x-sum": "123" }, true],
  ]);
});

testWith(ONLY_NODE, "Node is told early hints before the response", async () => {
  await using server = serve(async (con) => {
    await con.sendInformational(103, { Link: "</a.css>; rel=preload" });
    con.send("final");
  });
  const seen = await runNode(
    server,
    `const request = start({});
    request.on("information", ({ statusCode, headers }) => print([statusCode, headers]));
    request.end();
    const [response] = await once(request, "response");
    print([response.statusCode, await read(response)]);`,
  );
  assertEquals(seen, [[103, { link: "</a.css>; rel=preload" }], [200, "final"]]);
});

testWith(
  ONLY_NODE,
  "Node sends its body when it is told to continue, and not when it is refused",
  async () => {
    await using server = serve(async (con, req) => {
      if (req.path === "/refuse") return con.sendError(413);
      con.send(await con.readBody());
    });
    const seen = await runNode(
      server,
      `for (const path of ["/read", "/refuse"]) {
      const headers = { Expect: "100-continue", "Content-Length": 4 };
      const request = start({ method: "POST", path, headers });
      let continued = false;
      request.on("continue", () => {
        continued = true;
        request.end("body");
      });
      request.on("error", () => {});
      request.flushHeaders();
      const [response] = await once(request, "response");
      print([response.statusCode, continued, await read(response)]);
      request.destroy();
    }`,
    );
    assertEquals(seen, [[200, true, "body"], [413, false, ""]]);
  },
);

testWith(ONLY_NODE, "Node upgrades, and talks over the raw connection both ways", async () => {
  await using server = serve(async (con, req) => {
    assertEquals(req.headers["upgrade"], "echo");
    con.addHeader("Upgrade", "echo");
    const { conn, buffered } = await con.upgrade();
    assertEquals(buffered.length, 0);
    await conn.readable.pipeTo(conn.writable);
  });
  const seen = await runNode(
    server,
    `const request = start({ headers: { Connection: "Upgrade", Upgrade: "echo" } });
    request.end();
    const [response, socket, head] = await once(request, "upgrade");
    print([response.statusCode, response.headers.upgrade, response.headers.connection, head.length]);
    socket.end("over the wire");
    print(await read(socket));`,
  );
  assertEquals(seen, [[101, "echo", "upgrade", 0], "over the wire"]);
});

testWith(ONLY_NODE, "Node tunnels through CONNECT", async () => {
  await using server = serve(async (con, req) => {
    if (req.rawPath !== "allowed.test:80") return con.sendError(403);
    const { conn } = await con.upgrade();
    await conn.readable.pipeTo(conn.writable);
  });
  const seen = await runNode(
    server,
    `const request = start({ method: "CONNECT", path: "allowed.test:80" });
    request.end();
    const [response, socket] = await once(request, "connect");
    print(response.statusCode);
    socket.end("through");
    print(await read(socket));
    const refused = start({ method: "CONNECT", path: "other.test:80" });
    refused.end();
    const [answer, rest] = await once(refused, "connect");
    print(answer.statusCode);
    rest.destroy();`,
  );
  assertEquals(seen, [200, "through", 403]);
});

testWith(
  ONLY_NODE,
  "Node streams megabytes up and down with backpressure on both sides",
  async () => {
    await using server = serve(async (con) => {
      for (let piece; (piece = await con.readBody(100_000)).length > 0;) {
        con.send(piece);
        await con.flush();
      }
    });
    const seen = await runNode(
      server,
      `import { createHash } from "node:crypto";
    import { Readable } from "node:stream";
    import { pipeline } from "node:stream/promises";
    const PIECES = 400;
    const sent = createHash("sha256");
    const request = start({ method: "POST" });
    const upload = pipeline(Readable.from((function* () {
      for (let i = 0; i < PIECES; i++) {
        const piece = Buffer.alloc(40_000 + i, i);
        sent.update(piece);
        yield piece;
      }
    })()), request);
    const [response] = await once(request, "response");
    const received = createHash("sha256");
    let size = 0;
    for await (const piece of response) {
      received.update(piece);
      size += piece.length;
    }
    await upload;
    print([size, sent.digest("hex") === received.digest("hex")]);`,
    );
    assertEquals(seen, [[400 * 40_000 + 399 * 400 / 2, true]]);
  },
);

testWith(ONLY_NODE, "a client of Node that gives up is seen by the handler", async () => {
  const outcome = Promise.withResolvers<[boolean, number]>();
  await using server = serve(async (con) => {
    con.done.then(({ completed, bytesSent }) => outcome.resolve([completed, bytesSent]));
    const piece = new Uint8Array(1024 * 1024);
    while (true) {
      con.send(piece);
      await con.flush();
    }
  }, { onError: () => {} });
  const seen = await runNode(
    server,
    `const request = start({});
    request.end();
    const [response] = await once(request, "response");
    await once(response, "readable");
    request.on("error", () => {});
    response.on("error", () => {});
    request.destroy();
    print("gone");`,
  );
  assertEquals(seen, ["gone"]);
  const [completed, bytesSent] = await outcome.promise;
  assertEquals(completed, false);
  assert(bytesSent > 0);
});

testWith(ONLY_NODE, "Node sees fields as they were sent, repeats and latin1 included", async () => {
  await using server = serve((con, req) => {
    con.appendHeader("Set-Cookie", "a=1");
    con.appendHeader("Set-Cookie", "b=2");
    con.addHeader("X-Latin", "caf\u00e9");
    con.setStatus(418, "Short and stout");
    con.send(JSON.stringify([req.headers["x-twice"], req.headers["cookie"]]));
  });
  const seen = await runNode(
    server,
    `const headers = { "X-Twice": ["a", "b"], Cookie: ["c=1", "d=2"] };
    const { response, body } = await ask({ headers });
    print([response.statusCode, response.statusMessage, response.headers["set-cookie"]]);
    print([response.headers["x-latin"], JSON.parse(body)]);`,
  );
  assertEquals(seen, [
    [418, "Short and stout", ["a=1", "b=2"]],
    ["caf\u00e9", ["a, b", "c=1; d=2"]],
  ]);
});
