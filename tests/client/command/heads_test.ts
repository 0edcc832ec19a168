import { assertEquals } from "@std/assert";
import { Heads, type SeenHead } from "../../../client/command/heads.ts";

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

Deno.test("Heads keeps each head as it came, once taken and once in all", () => {
  const traced: string[] = [];
  const heads = new Heads((mark, line) => void traced.push(`${mark}${line}`));
  heads.line("*", "Connected");
  heads.line(">", "GET / HTTP/1.1");
  for (const line of ["HTTP/1.0 302 Found", "Location: /\xe9", ""]) heads.line("<", line);
  const first = "HTTP/1.0 302 Found\r\nLocation: /\xe9\r\n\r\n";
  assertEquals(text(heads.take()), first);
  assertEquals(text(heads.take()), "");
  for (const line of ["HTTP/1.1 200 ", ""]) heads.line("<", line);
  assertEquals(text(heads.take()), "HTTP/1.1 200 \r\n\r\n");
  assertEquals(text(heads.all()), `${first}HTTP/1.1 200 \r\n\r\n`);
  assertEquals(traced.length, 7);
});

Deno.test("Heads tells of each final head when it is whole", () => {
  const seen: SeenHead[] = [];
  const heads = new Heads(undefined);
  heads.onHead = (head) => void seen.push(head);
  heads.line("<", "HTTP/1.1 200 OK");
  heads.line("<", "ETag: a:b");
  assertEquals(seen, []);
  heads.line("<", "");
  assertEquals(seen.map(({ code, fields }) => [code, { ...fields }]), [[200, { etag: "a:b" }]]);
});

Deno.test("Heads keeps the heads before the final one", () => {
  const heads = new Heads(undefined);
  const rawHeaders: [string, string][] = [["Link", "</a>"]];
  heads.informational({ code: 103, status: "Early Hints", headers: {}, rawHeaders });
  assertEquals(text(heads.take()), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
});
