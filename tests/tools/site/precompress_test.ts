import { assertEquals, assertRejects } from "@std/assert";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { precompress } from "../../../tools/site/precompress.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

const DECODERS = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync };
const CODINGS = ["br", "zstd", "gzip"] as const;

Deno.test("precompress() makes each coding of a file, the same one each time", async () => {
  using tree = new TempTree();
  const text = "some text that becomes shorter, ".repeat(5000);
  const from = tree.write("a.txt", text);
  for (const coding of CODINGS) {
    const [one, other] = [`${tree.root}/1.${coding}`, `${tree.root}/2.${coding}`];
    assertEquals(await precompress(from, one, coding), true);
    assertEquals(await precompress(from, other, coding), true);
    assertEquals(DECODERS[coding](Deno.readFileSync(one)).toString(), text);
    assertEquals(Deno.readFileSync(one), Deno.readFileSync(other));
  }
});

Deno.test("precompress() leaves nothing where nothing is gained", async () => {
  using tree = new TempTree();
  const noise = crypto.getRandomValues(new Uint8Array(1000));
  for (const content of [noise, new Uint8Array(0), new Uint8Array(1)]) {
    const from = tree.write("a", content);
    for (const coding of CODINGS) {
      assertEquals(await precompress(from, `${tree.root}/b`, coding), false);
      assertEquals([...Deno.readDirSync(tree.root)].map(({ name }) => name), ["a"]);
    }
  }
  await assertRejects(() => precompress(`${tree.root}/none`, `${tree.root}/b`, "br"));
});
