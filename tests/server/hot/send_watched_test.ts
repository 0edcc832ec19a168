import { assertEquals } from "@std/assert";
import type { SentAnswer } from "../../../server/hot/hot_answers.ts";
import { sendWatched } from "../../../server/hot/send_watched.ts";
import { parseRequest } from "../../../server/parsed_request.ts";
import { bytesOf } from "../../wire/fakes.ts";
import { channelOf, FakeConn, FakeHost } from "../fake_conn.ts";
import { get } from "../served.ts";

/** Sends an answer of 10 bytes, 4 of them head, behind others. */
async function send(conn: FakeConn, before = ""): Promise<SentAnswer> {
  const host = new FakeHost();
  const channel = channelOf(conn, host);
  channel.writer.putAscii(before);
  const bytes = bytesOf(get("/a"));
  const request = parseRequest(bytes, 0, bytes.length, get("/a"), host.settings, "http");
  const heard: SentAnswer[] = [];
  await sendWatched(
    channel,
    { status: 206, bytes: bytesOf("headcontent".slice(0, 10)), bodyBytes: 6 },
    request,
    { full: false, sent: (answer) => heard.push(answer) },
  );
  channel.close();
  assertEquals(heard.length, 1);
  assertEquals(heard[0]!.request, request);
  return heard[0]!;
}

Deno.test("sendWatched() counts the bytes of the body, whatever stood before it", async () => {
  for (const before of ["", "another answer"]) {
    const conn = new FakeConn();
    conn.sink.most = 3;
    const { status, bytesSent, completed, durationMs } = await send(conn, before);
    assertEquals([status, bytesSent, completed, durationMs >= 0], [206, 6, true, true]);
    assertEquals(conn.text, `${before}headconten`);
  }
});

Deno.test("sendWatched() tells what was sent of an answer that broke off", async () => {
  const cases: [failAfter: number, bytesSent: number][] = [[0, 0], [1, 0], [2, 2], [3, 5]];
  for (const [failAfter, expected] of cases) {
    const conn = new FakeConn();
    conn.sink.most = 3;
    conn.sink.failAfter = failAfter;
    const { bytesSent, completed } = await send(conn);
    assertEquals([bytesSent, completed], [expected, false], `${failAfter} writes`);
  }
});
