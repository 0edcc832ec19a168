import { assertEquals } from "@std/assert";
import { HttpConnection } from "../../../client/exchange/connection.ts";
import { Traffic } from "../../../client/exchange/traffic.ts";
import { bytesOf } from "../../wire/fakes.ts";
import { FakeTransport } from "../support/fake_transport.ts";

function connectionOf(transport: FakeTransport): HttpConnection {
  return new HttpConnection(transport, "key", { closed() {} });
}

Deno.test("the bytes of a request are those since it began", async () => {
  const transport = new FakeTransport("before", "answer");
  const connection = connectionOf(transport);
  connection.writer.putBytes(bytesOf("first"));
  await connection.writer.flush();
  await connection.reader.fill();
  const traffic = new Traffic(connection);
  assertEquals([traffic.bytesSent, traffic.bytesReceived, traffic.isUnsent], [0, 0, true]);
  connection.writer.putBytes(bytesOf("request"));
  await connection.writer.flush();
  await connection.reader.fill();
  assertEquals([traffic.bytesSent, traffic.bytesReceived, traffic.isUnsent], [7, 6, false]);
  connection.close();
});

Deno.test("a write under way may have sent something; one that failed has not, where it is one call", async () => {
  for (const isTcp of [true, false]) {
    const transport = new FakeTransport();
    if (!isTcp) Object.assign(transport, { handshake() {} });
    const connection = connectionOf(transport);
    transport.sink.held = true;
    const traffic = new Traffic(connection);
    connection.writer.putBytes(bytesOf("request"));
    const flushing = connection.writer.settle();
    assertEquals([traffic.bytesSent, traffic.isUnsent], [0, false]);
    connection.close();
    await flushing;
    assertEquals([traffic.bytesSent, traffic.isUnsent], [0, isTcp]);
  }
});
