import { assert, assertEquals } from "@std/assert";
import {
  STREAM_BOUNDARY,
  STREAM_FILENAME,
  STREAM_NAME,
  streamedForm,
  streamedFormDigest,
} from "../../../bench/multipart/stream_source.mjs";
import { Notary } from "../../../bench/multipart/tally.mjs";

const BYTES = 200_000;

Deno.test("streamedForm() is a form with one file of the length asked for", async () => {
  const headers = { "content-type": `multipart/form-data; boundary=${STREAM_BOUNDARY}` };
  const response = new Response(ReadableStream.from(streamedForm(BYTES)), { headers });
  const [[name, file], ...others] = await response.formData();
  assertEquals(others, []);
  assert(file instanceof File);
  assertEquals([name, file.name, file.size], [STREAM_NAME, STREAM_FILENAME, BYTES]);
  const notary = new Notary();
  notary.file(name, file.name).add(await file.bytes());
  assertEquals(notary.digest(), streamedFormDigest(BYTES));
});

Deno.test("streamedForm() gives every chunk a buffer of its own", () => {
  const chunks = [...streamedForm(BYTES)];
  assertEquals(new Set(chunks.map(({ buffer }) => buffer)).size, chunks.length);
});
