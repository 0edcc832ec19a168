// A server in a process of its own for large bodies, so that what the test measures is the client alone.
// `GET /bytes` sends so many bytes, byte n being n modulo 251; a request with a body is answered with the
// number of its bytes, and of those pieces whose first byte was not the one that belongs there. Raw TCP:
// it has to be faster than the client.

const PERIOD = 251;
const BLOCK = Uint8Array.from({ length: PERIOD * 1044 }, (_, i) => i % PERIOD);
const encoder = new TextEncoder();

/** Reads heads until the client leaves. */
async function serve(conn: Deno.TcpConn): Promise<void> {
  const bytes = new Uint8Array(256 * 1024);
  let text = "";
  try {
    while (true) {
      let end: number;
      while ((end = text.indexOf("\r\n\r\n")) < 0) {
        const count = await conn.read(bytes);
        if (count === null) return;
        for (const byte of bytes.subarray(0, count)) text += String.fromCharCode(byte);
      }
      const head = text.slice(0, end + 4);
      const rest = text.slice(end + 4);
      text = "";
      if (head.startsWith("GET /")) await send(conn, Number(/^GET \/(\d+)/.exec(head)![1]));
      else await receive(conn, bytes, rest, Number(/^content-length: *(\d+)/im.exec(head)![1]));
    }
  } catch {
    // The client may leave at any time.
  } finally {
    conn.close();
  }
}

async function send(conn: Deno.TcpConn, size: number): Promise<void> {
  await write(conn, encoder.encode(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`));
  for (let at = 0; at < size;) {
    const from = at % BLOCK.length;
    at += await conn.write(BLOCK.subarray(from, Math.min(BLOCK.length, from + size - at)));
  }
}

async function receive(
  conn: Deno.TcpConn,
  bytes: Uint8Array,
  beginning: string,
  size: number,
): Promise<void> {
  let received = beginning.length;
  let wrong = [...beginning].filter((it, i) => it.charCodeAt(0) !== i % PERIOD).length;
  while (received < size) {
    const count = await conn.read(bytes);
    if (count === null) return;
    if (bytes[0] !== received % PERIOD) wrong++;
    received += count;
  }
  const body = JSON.stringify([received, wrong]);
  await write(
    conn,
    encoder.encode(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
  );
}

async function write(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(`port ${listener.addr.port}.`);
for await (const conn of listener) serve(conn);
