// A real Chromium uploads: with progress, in parallel, cancelled, refused, cut and resumed.

import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { until } from "../conformance/waiting.ts";
import { testWith } from "../peers/programs.ts";
import { Browser } from "./browser.ts";
import { ALL_RIGHTS, chooseFiles, ServedFolder } from "./served_folder.ts";

/** More than sockets hold between a browser and a server that does not read. */
const LARGE_BYTES = 24_000_000;
const SOME_BYTES = 2_000_000;

const namesOn = (page: Page): Promise<string[]> => page.locator("tbody th").allTextContents();
/** What the page shows of the upload of a file. */
const uploadOf = (page: Page, name: string): Locator =>
  page.getByRole("region", { name: /^Upload/ }).getByRole("listitem").filter({ hasText: name });
const bar = (page: Page, name: string): Promise<number> =>
  page.getByRole("progressbar", { name: `Upload of ${name}` }).evaluate((it) =>
    (it as unknown as { value: number }).value
  );

/** Clicks what opens the dialog of the system, and chooses files there. */
async function chooseBy(opener: Locator, ...files: string[]): Promise<void> {
  const page = opener.page();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), opener.click()]);
  assert(chooser.isMultiple());
  await chooseFiles(page, ...files);
}

/** A file outside of what is served, every byte of which tells its place. */
function makeFile({ tree }: ServedFolder, name: string, size: number): string {
  const bytes = new Uint8Array(size);
  const words = new Uint32Array(bytes.buffer, 0, size >> 2);
  for (let at = 0; at < words.length; at++) words[at] = at;
  const path = tree.writeOutside(name, "");
  Deno.writeFileSync(path, bytes);
  return path;
}

function assertSameFile(one: string, other: string): void {
  assertEquals(Buffer.compare(Deno.readFileSync(one), Deno.readFileSync(other)), 0);
}

/** What is tried, each with pages and a folder of its own. */
const STEPS: Record<string, (browser: Browser, test: Deno.TestContext) => Promise<void>> = {};

STEPS["a browser uploads two files with progress, and cancels one"] = async (browser) => {
  await using site = new ServedFolder(...ALL_RIGHTS);
  const kept = makeFile(site, "kept.bin", LARGE_BYTES);
  const dropped = makeFile(site, "dropped.bin", LARGE_BYTES);
  const page = await browser.newPage();
  await page.goto(site.url);
  site.gate.allow(SOME_BYTES);
  await chooseBy(page.getByRole("button", { name: "Upload", exact: true }), kept, dropped);

  await page.getByRole("heading", { name: "Uploading 2 files" }).waitFor();
  for (const name of ["kept.bin", "dropped.bin"]) {
    // Such as "6.3 MB of 24 MB · 12 MB/s · 2 s left".
    const text = /^[\d.]+ [kM]?B of 24 MB · [\d.]+ [kMG]?B\/s · (?:\d+ h )?\d+ (?:s|min) left$/;
    await uploadOf(page, name).getByText(text).waitFor();
    const value = await bar(page, name);
    assert(value > 0 && value < LARGE_BYTES, `${value}`);
  }
  // Nothing of it is to be seen in the folder, but something is there.
  assertEquals(await namesOn(page), []);
  assertEquals(site.names().length, 2);

  await page.getByRole("button", { name: "Cancel upload of dropped.bin" }).click();
  await uploadOf(page, "dropped.bin").getByText("Cancelled").waitFor();
  site.gate.allow(Infinity);
  await uploadOf(page, "kept.bin").getByText("24 MB · Done").waitFor();
  await page.getByRole("link", { name: "kept.bin" }).waitFor();
  assertSameFile(`${site.tree.root}/kept.bin`, kept);
  await until("nothing is left of the other", () => site.names().length === 1);
  assertEquals(await page.evaluate(`localStorage.length`), 0);
  await page.getByRole("button", { name: "Clear finished" }).click();
  assertEquals(await page.getByRole("region", { name: /^Upload/ }).count(), 0);
  assertEquals(browser.takeComplaints(), []);
};

STEPS["a browser goes on with an upload after the page was loaded again"] = async (browser) => {
  await using site = new ServedFolder(...ALL_RIGHTS);
  const path = makeFile(site, "cut short ü.bin", LARGE_BYTES);
  const page = await browser.newPage();
  await page.goto(site.url);
  site.gate.allow(SOME_BYTES);
  await chooseFiles(page, path);
  await until("some of it has arrived", () => site.sizeOfRest() === SOME_BYTES);
  await page.reload();

  const item = uploadOf(page, "cut short ü.bin");
  await item.getByText(/^Interrupted at \d+ % – choose the file again to go on$/).waitFor();
  // What was on its way when the page went is kept, too, once the server reads on.
  site.gate.allow(Infinity);
  await until("the server has read all of it", () => site.underWay === 0);
  await page.reload();
  await item.getByText(/^Interrupted/).waitFor();
  const before = site.sizeOfRest()!;
  assert(before >= SOME_BYTES && before < LARGE_BYTES, `${before}`);
  const requestsBefore = site.requests.length;

  const other = makeFile(site, "another.bin", 10);
  const opener = item.getByRole("button", { name: /^Choose file/ });
  await chooseBy(opener, other);
  await item.getByText("This is another file, or it has changed since").waitFor();
  await chooseBy(opener, path);
  await item.getByText("24 MB · Done").waitFor();
  await page.getByRole("link", { name: "cut short ü.bin" }).waitFor();
  assertSameFile(`${site.tree.root}/cut short ü.bin`, path);
  const requests = site.requests.slice(requestsBefore).filter((it) => /^(?:POST|PATCH)/.test(it));
  assertEquals(requests.map((it) => it.split(" ")[0]), ["PATCH"]);
  assertEquals([site.names().length, await page.evaluate(`localStorage.length`)], [1, 0]);

  await page.reload();
  assertEquals(await page.getByRole("region", { name: /^Upload/ }).count(), 0);
  assertEquals(browser.takeComplaints(), []);
};

STEPS["a browser is told what is wrong with an upload, and helps itself where it can"] = async (
  browser,
  test,
) => {
  await using site = new ServedFolder(...ALL_RIGHTS);
  site.tree.write("taken.txt", "first");
  const page = await browser.newPage();
  await page.goto(site.url);

  await test.step("a name that is taken is refused, and the others are not", async () => {
    const taken = site.tree.writeOutside("taken.txt", "second");
    const empty = site.tree.writeOutside("empty.txt", "");
    const hidden = site.tree.writeOutside(".hidden", "");
    await chooseFiles(page, taken, empty, hidden);
    await uploadOf(page, ".hidden").getByText("Not uploaded: this name cannot be used").waitFor();
    await uploadOf(page, "taken.txt").getByText("Not uploaded: the name is taken").waitFor();
    await uploadOf(page, "empty.txt").getByText("0 B · Done").waitFor();
    assertEquals(Deno.readTextFileSync(`${site.tree.root}/taken.txt`), "first");
    assertEquals(site.names(), ["empty.txt", "taken.txt"]);
    await page.getByRole("button", { name: "Remove from the list: taken.txt" }).click();
    assertEquals(await uploadOf(page, "taken.txt").count(), 0);
  });

  await test.step("an upload that the server cuts goes on by itself", async () => {
    const path = makeFile(site, "cut.bin", SOME_BYTES);
    site.cutNext(1);
    await chooseFiles(page, path);
    await uploadOf(page, "cut.bin").getByText("2.0 MB · Done").waitFor();
    assertSameFile(`${site.tree.root}/cut.bin`, path);
  });

  await test.step("files are dropped onto the page", async () => {
    const files = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }));
      return transfer;
    })()`);
    const sign = page.getByText("Drop files to upload them");
    await page.dispatchEvent("body", "dragenter", { dataTransfer: files });
    assert(await sign.isVisible());
    await page.dispatchEvent("body", "drop", { dataTransfer: files });
    assert(await sign.isHidden());
    await page.getByRole("link", { name: "dropped.txt" }).waitFor();
    assertEquals(Deno.readTextFileSync(`${site.tree.root}/dropped.txt`), "dropped");
  });

  await test.step("many files go a few at a time", async () => {
    const paths = Array.from({ length: 8 }, (_, at) => makeFile(site, `many-${at}.bin`, 1000));
    site.gate.allow(0);
    await chooseFiles(page, ...paths);
    await page.getByRole("heading", { name: "Uploading 8 files" }).waitFor();
    assertEquals(await page.getByRole("listitem").getByText("Waiting").count(), 5);
    site.gate.allow(Infinity);
    for (const at of paths.keys()) {
      await page.getByRole("link", { name: `many-${at}.bin` })
        .waitFor();
    }
    assertMatch(await page.locator("#count").innerText(), /^12 items$/);
  });
  assertEquals(await page.evaluate(`localStorage.length`), 0);
  assertEquals(browser.takeComplaints(), []);
};

STEPS["a browser asks before it replaces a file, where that is allowed"] = async (browser) => {
  await using site = new ServedFolder(...ALL_RIGHTS, "--overwrite");
  site.tree.write("notes.txt", "old");
  const page = await browser.newPage();
  await page.goto(site.url);
  // It came since the page did.
  site.tree.write("late.txt", "old");
  const read = (name: string): string => Deno.readTextFileSync(`${site.tree.root}/${name}`);
  const files = ["notes.txt", "late.txt", "new.txt", "empty.txt"].map((name) =>
    site.tree.writeOutside(name, name === "empty.txt" ? "" : "new")
  );
  await chooseFiles(page, ...files);
  const dialog = page.getByRole("dialog", { name: "Replace 2 files?" });
  await dialog.getByText("notes.txt, late.txt").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  for (const name of ["new.txt", "empty.txt"]) {
    await uploadOf(page, name).getByText("Done").waitFor();
  }
  assertEquals([read("notes.txt"), read("late.txt"), read("new.txt")], ["old", "old", "new"]);

  await page.getByRole("link", { name: "empty.txt" }).waitFor();
  await chooseFiles(page, files[0]!);
  const one = page.getByRole("dialog", { name: "Replace “notes.txt”?" });
  await one.getByRole("button", { name: "Replace" }).click();
  await uploadOf(page, "notes.txt").getByText("Done").waitFor();
  assertEquals([read("notes.txt"), read("late.txt"), read("empty.txt")], ["new", "old", ""]);
  assertEquals(site.names(), ["empty.txt", "late.txt", "new.txt", "notes.txt"]);
  assertEquals(browser.takeComplaints(), []);
};

testWith(["chromium"], "a browser uploads", async (test) => {
  await using browser = await Browser.open();
  for (const [name, fn] of Object.entries(STEPS)) {
    await test.step(name, (step) => fn(browser, step));
  }
});
