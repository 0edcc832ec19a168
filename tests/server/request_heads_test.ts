import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { HotAnswers } from "../../server/hot/hot_answers.ts";
import { RequestHeads } from "../../server/request_heads.ts";
import { ProtocolError } from "../../wire/errors.ts";
import { bytesOf } from "../wire/fakes.ts";
import { channelOf, FakeConn, FakeHost } from "./fake_conn.ts";
import { get } from "./served.ts";

/** A connection that has read these arrivals so far, one after the other. */
async function arrived(...arrivals: string[]) {
  const channel = channelOf(new FakeConn(...arrivals), new FakeHost());
  const more = () => channel.reader.fill();
  await more();
  return { channel, more, heads: new RequestHeads(channel) };
}

Deno.test("heads come one after the other, as far as they are all there", async () => {
  const { channel, more, heads } = await arrived(
    `${get("/a")}${get("/b")}GET /c HTT`,
    "P/1.1\r\nHost: a\r\n\r\n",
  );
  assertEquals(heads.tryNext()?.target.rawPath, "/a");
  assertEquals(heads.tryNext()?.target.rawPath, "/b");
  assertEquals(heads.tryNext(), undefined);
  await more();
  assertEquals(heads.tryNext()?.target.rawPath, "/c");
  assertEquals(heads.tryNext(), undefined);
  assertEquals(heads.answer, undefined);
  channel.close();
});

Deno.test("a head like the last one is not parsed again", async () => {
  const { channel, heads } = await arrived(get("/a").repeat(3));
  const [, second, third] = [heads.tryNext(), heads.tryNext(), heads.tryNext()];
  assertStrictEquals(third, second);
  channel.close();
});

Deno.test("one empty line before a head is skipped, a second one refused", async () => {
  const good = await arrived(`\r\n${get("/a")}\r\n${get("/b")}`);
  assertEquals(good.heads.tryNext()?.target.rawPath, "/a");
  assertEquals(good.heads.tryNext()?.target.rawPath, "/b");
  good.channel.close();
  const bad = await arrived(`\r\n\r\n${get("/a")}`);
  assertThrows(() => bad.heads.tryNext(), ProtocolError);
  bad.channel.close();
});

Deno.test("an answer in memory is that to the last head, whichever connection asked before", async () => {
  // While a connection is open, the date changes only with the ticks of the event loop, and there is none here.
  const open = channelOf(new FakeConn());
  const asked: string[] = [];
  const hot = new HotAnswers({
    maxBytes: 1000,
    version: 0,
    makeAnswer({ target: { rawPath } }) {
      asked.push(rawPath);
      return { status: 200, bytes: bytesOf(rawPath), bodyBytes: 0 };
    },
  });
  const host = new FakeHost();
  host.hot = hot;
  const answersTo = async (...paths: string[]) => {
    const channel = channelOf(new FakeConn(paths.map((path) => get(path)).join("")), host);
    await channel.reader.fill();
    const heads = new RequestHeads(channel);
    const answers = paths.map(() => {
      heads.tryNext();
      return heads.answer && new TextDecoder().decode(heads.answer.bytes);
    });
    channel.close();
    return answers;
  };
  assertEquals(await answersTo("/a", "/b", "/a", "/a", "/c"), [
    undefined,
    undefined,
    "/a",
    "/a",
    undefined,
  ]);
  assertEquals(await answersTo("/b", "/b", "/a", "/d", "/a"), ["/b", "/b", "/a", undefined, "/a"]);
  assertEquals(asked, ["/a", "/b"]);
  open.close();
});
