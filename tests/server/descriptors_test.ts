// No descriptor outlives its response, however that ended; and a server that has run out of them
// neither spins nor dies, but serves again when there are some.

import { assertEquals } from "@std/assert";
import type { Handler, ServerRequest } from "../../server/mod.ts";
import {
  Event,
  type RawClient,
  TestServer,
  until,
  valueOf,
  within,
} from "../conformance/support.ts";
import { readUntil } from "../tools/deno_process.ts";
import { countDescriptors } from "../open_descriptors.ts";

const LARGE = 64 * 1024 * 1024;
const ROUNDS = 200;

/** A folder with a small and a large file, which is gone with the test. */
class TempFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "eco_http_descriptors_" });

  constructor() {
    Deno.writeTextFileSync(`${this.path}/small.txt`, "small");
    Deno.writeTextFileSync(`${this.path}/large.bin`, "");
    Deno.truncateSync(`${this.path}/large.bin`, LARGE);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

const serveFile: Handler = (con, req) => con.serveFile(req);

/**
 * Runs `round` as often as asked and checks that nothing is left open. The first rounds are not
 * counted: what the runtime opens once stays open.
 */
async function checkRounds(
  test: TestServer,
  round: (index: number) => Promise<void>,
  rounds: number = ROUNDS,
): Promise<void> {
  const settled = (): boolean => {
    const { connections, openFiles } = test.server.stats();
    return connections === 0 && openFiles === 0;
  };
  for (let i = 0; i < 3; i++) await round(i);
  await until("all is closed before", settled);
  const before = countDescriptors();
  for (let i = 0; i < rounds; i++) await round(i);
  await until("all is closed behind", settled);
  await until(`${before} descriptors are open`, () => countDescriptors() <= before);
}

const noDescriptors = Deno.build.os !== "linux";

/** Asks for one path on a connection of its own. */
async function ask(
  test: TestServer,
  method: string,
  path: string,
  fields = "",
): Promise<{ status: number; tag: string | undefined }> {
  const client = await test.connect();
  await client.send(`${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${fields}\r\n`);
  const response = await client.read(method);
  client.close();
  return { status: response.status, tag: valueOf(response, "etag") };
}

Deno.test({
  name: `${ROUNDS} answers of 304 leave no descriptor`,
  ignore: noDescriptors,
  fn: async () => {
    using folder = new TempFolder();
    await using test = new TestServer(serveFile, { docroot: folder.path });
    const { tag } = await ask(test, "GET", "/small.txt");
    for (const path of ["/small.txt", "/large.bin"]) {
      const known = path === "/small.txt" ? tag : (await ask(test, "HEAD", path)).tag;
      await checkRounds(test, async () => {
        const { status } = await ask(test, "GET", path, `If-None-Match: ${known}\r\n`);
        assertEquals(status, 304);
      });
    }
  },
});

Deno.test({
  name: `${ROUNDS} answers to HEAD leave no descriptor`,
  ignore: noDescriptors,
  fn: async () => {
    using folder = new TempFolder();
    await using test = new TestServer(serveFile, { docroot: folder.path });
    await checkRounds(test, async (index) => {
      const path = index % 2 === 0 ? "/small.txt" : "/large.bin";
      assertEquals((await ask(test, "HEAD", path)).status, 200);
    });
  },
});

Deno.test({
  name: `${ROUNDS} answers of 200, 206, 404 and 416 leave no descriptor`,
  ignore: noDescriptors,
  fn: async () => {
    using folder = new TempFolder();
    await using test = new TestServer(serveFile, { docroot: folder.path });
    const kinds: [path: string, fields: string, status: number][] = [
      ["/small.txt", "", 200],
      ["/small.txt", "Range: bytes=1-2\r\n", 206],
      ["/large.bin", "Range: bytes=10-9000\r\n", 206],
      ["/none.txt", "", 404],
      ["/small.txt", "Range: bytes=5-\r\n", 416],
    ];
    await checkRounds(test, async (index) => {
      const [path, fields, status] = kinds[index % kinds.length]!;
      assertEquals((await ask(test, "GET", path, fields)).status, status);
    });
  },
});

Deno.test({
  name: `${ROUNDS} aborted downloads leave no descriptor`,
  ignore: noDescriptors,
  fn: async () => {
    using folder = new TempFolder();
    const handlers: Handler[] = [
      serveFile,
      (con) => con.sendFile(`${folder.path}/large.bin`),
      (con) => con.sendFile(`${folder.path}/large.bin`, LARGE - 10, 10),
    ];
    for (const handler of handlers) {
      await using test = new TestServer(handler, { docroot: folder.path });
      await checkRounds(test, async () => {
        const client = await test.connect();
        await client.send("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.fill("the beginning of the file");
        client.close();
      }, handler === serveFile ? ROUNDS : 20);
    }
  },
});

Deno.test("stats() counts a file that is being sent, until the client goes", async () => {
  using folder = new TempFolder();
  await using test = new TestServer(serveFile, { docroot: folder.path });
  const clients: RawClient[] = [];
  for (let i = 1; i <= 3; i++) {
    const client = await test.connect();
    await client.send("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.fill("the beginning of the file");
    clients.push(client);
    assertEquals(test.server.stats().openFiles, i);
  }
  for (const client of clients) client.close();
  await until("no file is open", () => test.server.stats().openFiles === 0);
});

Deno.test({
  name: "A handler that throws while it sends a file leaves no descriptor",
  ignore: noDescriptors,
  fn: async () => {
    using folder = new TempFolder();
    const path = `${folder.path}/large.bin`;
    const handlers: Record<string, Handler> = {
      "/during": async (con) => {
        await Promise.all([con.sendFile(path), Promise.reject(new Error("on purpose"))]);
      },
      "/behind": async (con) => {
        await con.sendFile(path, 100_000);
        throw new Error("on purpose");
      },
      "/before": async (con) => {
        con.send("x");
        await con.flush();
        await con.sendFile(`${path}.none`);
      },
      "/range": async (con) => {
        await con.sendFile(path, LARGE, 1);
      },
      "/length": async (con) => {
        con.addHeader("Content-Length", "10");
        await con.sendFile(path);
      },
    };
    await using test = new TestServer((con, req: ServerRequest) => handlers[req.path]!(con, req));
    const paths = Object.keys(handlers);
    await checkRounds(test, async (index) => {
      const client = await test.connect();
      await client.send(
        `GET ${paths[index % paths.length]} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      await client.readToEnd();
      client.close();
    }, 50);
    assertEquals(test.errors.length >= 50, true);
    // The server lives on, and so does this process: no rejection was left without a handler.
    assertEquals(test.seen.length, 53);
  },
});

Deno.test({
  name: "A server that is closed in mid-download leaves no descriptor",
  ignore: noDescriptors,
  fn: async () => {
    using folder = new TempFolder();
    const before = countDescriptors();
    const { server } = await downloadAndClose(folder);
    assertEquals(server.stats().openFiles, 0);
    await until("all is closed", () => countDescriptors() <= before);
  },
});

async function downloadAndClose(folder: TempFolder): Promise<TestServer> {
  const closing = new Event("the server has ended");
  await using test = new TestServer(serveFile, { docroot: folder.path });
  for (let i = 0; i < 5; i++) {
    const client = await test.connect();
    await client.send("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.fill("the beginning of the file");
  }
  test.server.finished.then(() => closing.happen());
  test.server.close();
  await closing.wait();
  return test;
}

/** Processor time that a process has used, in seconds. */
async function processorSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The name, which may hold anything, is in parentheses; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

Deno.test({
  name: "A server without descriptors backs off, and serves again when there are some",
  ignore: noDescriptors,
  fn: async () => {
    const program = new URL("descriptors_child.ts", import.meta.url);
    const child = new Deno.Command("sh", {
      args: [
        "-c",
        'ulimit -n 80 && exec "$0" "$@"',
        Deno.execPath(),
        "run",
        "--quiet",
        "--allow-net",
        program.pathname,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = child.stdout.getReader();
    const clients: Deno.Conn[] = [];
    try {
      const told = await within("the port", readUntil(output, /port (\d+)\n/), 30_000);
      const port = Number(told[1]);
      for (let i = 0; i < 120; i++) {
        clients.push(await Deno.connect({ hostname: "127.0.0.1", port }));
      }
      await within("a failure to accept", readUntil(output, /accept \w+\n/));
      const before = await processorSeconds(child.pid);
      const windowMs = 2000;
      await new Promise((resolve) => setTimeout(resolve, windowMs));
      const used = await processorSeconds(child.pid) - before;
      // A loop that spins uses all of it.
      assertEquals(
        used < windowMs / 1000 / 2,
        true,
        `${used} s of processor time in ${windowMs} ms`,
      );
      // Those that were accepted are served meanwhile.
      assertEquals(await hello(clients[0]!), "HTTP/1.1 200 OK");
      for (const client of clients.splice(0)) client.close();
      const fresh = await Deno.connect({ hostname: "127.0.0.1", port });
      clients.push(fresh);
      assertEquals(await hello(fresh), "HTTP/1.1 200 OK");
    } finally {
      for (const client of clients) client.close();
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended by itself, which is what failed the test.
      }
      await output.cancel();
      await child.status;
    }
  },
});

/** Asks on a connection and returns the status line. */
async function hello(conn: Deno.Conn): Promise<string> {
  await conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  const bytes = new Uint8Array(1000);
  const count = await within("an answer", conn.read(bytes));
  return new TextDecoder().decode(bytes.subarray(0, count ?? 0)).split("\r\n")[0]!;
}
