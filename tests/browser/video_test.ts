// A video element, which asks for the parts of a file that it needs.

import { assert, assertEquals } from "@std/assert";
import { testWith } from "../peers/programs.ts";
import { Browser } from "./browser.ts";
import { ServedFolder } from "./served_folder.ts";

const BYTES_PER_SECOND = 8000;
const SECONDS = 3600;

/** The head of a sound of 8-bit samples that lasts for `seconds`; what follows it are the samples. */
function soundHead(seconds: number): Uint8Array<ArrayBuffer> {
  const length = seconds * BYTES_PER_SECOND;
  const head = new DataView(new ArrayBuffer(44));
  const text = (at: number, it: string) =>
    [...it].forEach((char, i) => head.setUint8(at + i, char.charCodeAt(0)));
  text(0, "RIFF");
  head.setUint32(4, 36 + length, true);
  text(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true); // PCM
  head.setUint16(22, 1, true); // one channel
  head.setUint32(24, BYTES_PER_SECOND, true);
  head.setUint32(28, BYTES_PER_SECOND, true);
  head.setUint16(32, 1, true);
  head.setUint16(34, 8, true); // bits
  text(36, "data");
  head.setUint32(40, length, true);
  return new Uint8Array(head.buffer);
}

testWith(["chromium"], "a video element jumps to the end by asking for a range", async () => {
  await using site = new ServedFolder();
  const path = site.tree.write("hour.wav", soundHead(SECONDS));
  const size = 44 + SECONDS * BYTES_PER_SECOND;
  Deno.truncateSync(path, size);
  site.tree.write(
    "player.html",
    '<!doctype html><video src="hour.wav" preload="metadata"></video>',
  );
  await using browser = await Browser.open();
  const page = await browser.newPage();
  const answers: [range: string, status: number, contentRange: string | undefined][] = [];
  page.on("response", (response) => {
    if (!response.url().endsWith(".wav")) return;
    const { range = "" } = response.request().headers();
    answers.push([range, response.status(), response.headers()["content-range"]]);
  });
  await page.goto(`${site.url}player.html`);
  const at = await page.evaluate((seconds) => {
    // deno-lint-ignore no-explicit-any -- runs in the page
    const video = (globalThis as any).document.querySelector("video");
    return new Promise<number>((resolve, reject) => {
      video.addEventListener("error", () => reject(new Error(video.error.message)));
      video.addEventListener("seeked", () => resolve(video.currentTime));
      const jump = () => video.currentTime = seconds - 10;
      if (video.readyState > 0) jump();
      else video.addEventListener("loadedmetadata", jump);
    });
  }, SECONDS);
  assertEquals(Math.round(at), SECONDS - 10);
  const late = answers.filter(([range]) => Number(/^bytes=(\d+)-/.exec(range)?.[1]) > size / 2);
  assert(late.length > 0, JSON.stringify(answers));
  for (const [range, status, contentRange] of late) {
    assertEquals(status, 206);
    assertEquals(contentRange?.startsWith(range.replace("=", " ")), true, `${contentRange}`);
    assertEquals(contentRange?.endsWith(`/${size}`), true);
  }
});
