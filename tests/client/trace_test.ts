import { assertEquals } from "@std/assert";
import { HttpConnection } from "../../client/exchange/connection.ts";
import { Trace } from "../../client/trace.ts";
import { parseResponseHead } from "../../wire/response_head.ts";
import { bytesOf } from "../wire/fakes.ts";
import { FakeTransport } from "./support/fake_transport.ts";

function tracing(): { trace: Trace; lines: string[] } {
  const lines: string[] = [];
  return { trace: new Trace((mark, line) => lines.push(`${mark} ${line}`)), lines };
}

function connectionTo(remoteAddr?: Deno.Addr): HttpConnection {
  const transport = new FakeTransport();
  if (remoteAddr !== undefined) Object.assign(transport, { remoteAddr });
  const connection = new HttpConnection(transport, "key", { closed() {} });
  connection.use();
  return connection;
}

Deno.test("a request head is traced line by line, with where it goes", () => {
  const { trace, lines } = tracing();
  const connection = connectionTo();
  trace.sent(connection, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assertEquals(lines, ["* Connected to 192.0.2.7 port 80", "> GET / HTTP/1.1", "> Host: a", "> "]);
  connection.close();
});

Deno.test("a connection that is used again is told from a new one", () => {
  const { trace, lines } = tracing();
  const connection = connectionTo();
  connection.use();
  trace.sent(connection, "\r\n\r\n");
  assertEquals(lines[0], "* Reusing connection to 192.0.2.7 port 80");
  connection.close();
});

Deno.test("a unix socket has no address to trace", () => {
  const { trace, lines } = tracing();
  const connection = connectionTo({ transport: "unix", path: "/run/x" });
  trace.sent(connection, "\r\n\r\n");
  assertEquals(lines[0], "* Connected to socket");
  connection.close();
});

Deno.test("a response head is traced as it came", () => {
  const { trace, lines } = tracing();
  const text = "HTTP/1.0 404 Not Found\r\nX-A: b\r\nx-a:c\r\n\r\n";
  trace.received(parseResponseHead(bytesOf(text), 0, text.length, { maxFields: 9 }));
  assertEquals(lines, ["< HTTP/1.0 404 Not Found", "< X-A: b", "< x-a: c", "< "]);
});
