// No server at all: one read and one write of the runtime for each request, which is not even looked
// at. What it reaches is the most that a server on `Deno.listen` could. Prints its port.
const ANSWER = new TextEncoder().encode(
  `HTTP/1.1 200 OK\r\nDate: ${new Date().toUTCString()}\r\n` +
    "content-type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
);

async function serve(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay(true);
  const buffer = new Uint8Array(4096);
  try {
    while (await conn.read(buffer) !== null) {
      for (let at = 0; at < ANSWER.length;) at += await conn.write(ANSWER.subarray(at));
    }
  } catch {
    // The client has left.
  } finally {
    conn.close();
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log((listener.addr as Deno.NetAddr).port);
for await (const conn of listener) serve(conn);
