// What the serve command holds after many requests that end early, in a process of its own: as many descriptors as
// before, and no temporary files.

import { assertEquals } from "@std/assert";
import { RawClient, until } from "../conformance/support.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { ServeProcess } from "../server/serve_process.ts";

const MANY = 200;
/** For what takes more than a moment. */
const SOME = 25;

const PART = "x".repeat(100_000);
const LINES = ["Host: localhost", "Connection: close"];

/** Does something on a connection of its own, which is cut then. */
type Act = (client: RawClient, round: number) => Promise<void>;

function head(line: string, ...fields: string[]): string {
  return [`${line} HTTP/1.1`, ...LINES, ...fields, "", ""].join("\r\n");
}

/** A request that is answered with a status. */
function ask(status: number, line: string, ...fields: string[]): Act {
  return async (client) => {
    await client.send(head(line, ...fields));
    assertEquals((await client.read(line.split(" ")[0]!)).status, status, line);
  };
}

/** A request whose answer nobody reads to its end. */
function leave(line: string, ...fields: string[]): Act {
  return async (client) => {
    await client.send(head(line, ...fields));
    await client.fill("the answer begins");
  };
}

/** A request whose body ends too early, once the server has asked for it. */
function breakOff(line: (round: number) => string, beginning: string, ...fields: string[]): Act {
  return async (client, round) => {
    const length = "Content-Length: 1000000000";
    await client.send(head(line(round), length, "Expect: 100-continue", ...fields));
    assertEquals((await client.read("PUT")).status, 100);
    await client.send(beginning + PART);
  };
}

/** An upload that breaks off, and is given up. */
const giveUp = (port: number): Act => async (client, round) => {
  await client.send(head(`POST /large-${round}`, "Upload-Length: 1000000000", "Content-Length: 0"));
  const { fields, status } = await client.read("POST");
  assertEquals(status, 201);
  const location = fields.find(([name]) => name.toLowerCase() === "location")![1];
  const path = `/${location.replace(/^.*\//, "")}`;
  {
    using patch = await connect(port);
    await breakOff(() => `PATCH ${path}`, "", "Upload-Offset: 0")(patch, round);
  }
  // Until the server has seen that it broke off, the upload is not to be had.
  for (let gone = false; !gone;) {
    using drop = await connect(port);
    await drop.send(head(`DELETE ${path}`));
    const { status } = await drop.read("DELETE");
    gone = status === 204;
    if (!gone) assertEquals(status, 409);
  }
};

async function connect(port: number): Promise<RawClient> {
  return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
}

Deno.test({
  name:
    "the serve command has no more open files after requests that end early, and no temporary ones",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using tree = new TempTree();
    Deno.truncateSync(tree.write("large.bin", ""), 64 * 1024 * 1024);
    tree.write("text.txt", "some text, ".repeat(500_000));
    const rights = ["--allow-net=127.0.0.1"]
      .concat(["read", "write"].map((right) => `--allow-${right}=${tree.root}`));
    const args = ["--port", "0", "--quiet", "--upload", "--edit", "--compress"];
    await using server = await ServeProcess.start([tree.root, ...args], rights);
    const { port, pid } = server;
    const form = "Content-Type: multipart/form-data; boundary=b";
    const part = '--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n';
    const acts: Record<string, [Act, rounds: number]> = {
      "304": [ask(304, "GET /large.bin", "If-None-Match: *"), MANY],
      "HEAD": [ask(200, "HEAD /large.bin"), MANY],
      "412": [ask(412, "GET /large.bin", 'If-Match: "x"'), MANY],
      "416": [ask(416, "GET /large.bin", "Range: bytes=67108864-"), MANY],
      "an aborted download": [leave("GET /large.bin"), MANY],
      "an aborted download of ranges": [
        leave("GET /large.bin", "Range: bytes=0-9,99-40000000"),
        SOME,
      ],
      "an aborted download, compressed": [leave("GET /text.txt", "Accept-Encoding: gzip"), SOME],
      "an aborted archive": [leave("GET /?zip"), SOME],
      "an aborted upload": [breakOff((round) => `PUT /new-${round}`, ""), MANY],
      "an aborted form": [breakOff(() => "POST /", part, form), MANY],
      "an upload given up": [giveUp(port), SOME],
    };
    const run = async (act: Act, round: number): Promise<void> => {
      using client = await connect(port);
      await act(client, round);
    };
    const count = (): number => [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
    const names = (): string[] => [...Deno.readDirSync(tree.root)].map(({ name }) => name).sort();
    const served = names();

    // Once each, so that what is loaded when it is first needed is there.
    for (const [act] of Object.values(acts)) await run(act, 0);
    await until("temporary files are gone", () => names().length === served.length);
    // Connections, which end when they end, are descriptors, too; 0 of them is not to be seen from here.
    let before = count();
    await until("the first connections have ended", () => {
      const now = count();
      const isQuiet = now === before;
      before = now;
      return isQuiet;
    });
    for (const [name, [act, rounds]] of Object.entries(acts)) {
      for (let round = 1; round <= rounds; round++) await run(act, round);
      await until(`${name}: ${before} descriptors, not ${count()}`, () => count() <= before);
      await until(`${name}: temporary files are gone`, () => names().length === served.length);
      assertEquals(names(), served, name);
    }
    server.kill("SIGTERM");
    assertEquals([await server.exitCode(), await server.complaints], [0, ""]);
  },
});
