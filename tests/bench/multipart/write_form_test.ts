import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { writeForm } from "../../../bench/multipart/write_form.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("writeForm() writes a form, and says what is in it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const form = writeForm(`${folder}/body.bin`, {
      boundary: "b",
      parts: [
        { name: "title", content: [encode("Sunset")] },
        { name: "photo", filename: "a.jpg", content: [encode("12"), encode("345")] },
      ],
    });
    const body = await Deno.readTextFile(form.file);
    assertEquals(
      body,
      '--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nSunset\r\n' +
        '--b\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n' +
        "Content-Type: application/octet-stream\r\n\r\n12345\r\n--b--\r\n",
    );
    assertEquals(form.bodyBytes, body.length);
    assertEquals(form.right, { parts: 2, bytes: 11, nameChars: 15 });
    const lines = `["title",null,"${sha256("Sunset")}"]\n["photo","a.jpg","${sha256("12345")}"]\n`;
    assertEquals(form.digest, sha256(lines));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
