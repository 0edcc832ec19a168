// A real Chromium looks at listings, finds its way through them, and downloads.

import { Buffer } from "node:buffer";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { testWith } from "../peers/programs.ts";
import { Browser } from "./browser.ts";
import { ALL_RIGHTS, ServedFolder } from "./served_folder.ts";

/** The names in the table, in order. */
const namesOn = (page: Page): Promise<string[]> => page.locator("tbody th").allTextContents();
const link = (page: Page, name: string): Locator => page.getByRole("link", { name, exact: true });

/** Waits until the page says so of how much it shows. */
const waitForCount = (page: Page, text: string): Promise<void> =>
  page.locator("#count").getByText(text, { exact: true }).waitFor();

/** Clicks on what leads to another page, and waits until all of that is there. */
async function follow(what: Locator): Promise<void> {
  await Promise.all([what.page().waitForEvent("load"), what.click()]);
}

function fill({ tree }: ServedFolder): void {
  tree.write("photos/2026/summer.jpg", "jpeg");
  tree.write("b10.bin", new Uint8Array(3000));
  tree.write("b9.bin", new Uint8Array(20));
  tree.write("Été.txt", "summer");
  tree.write("README.md", "# About\n\nSee [the pictures](photos/).\n");
  let day = 1;
  for (const name of ["Été.txt", "b9.bin", "README.md", "b10.bin", "photos"]) {
    const time = new Date(Date.UTC(2026, 2, day++, 9, 30));
    Deno.utimeSync(`${tree.root}/${name}`, time, time);
  }
}

/** What is tried, each with pages and a folder of its own. */
const STEPS: Record<string, (browser: Browser, test: Deno.TestContext) => Promise<void>> = {};

STEPS["a browser finds its way through a listing"] = async (browser, test) => {
  await using site = new ServedFolder(...ALL_RIGHTS);
  fill(site);
  const page = await browser.newPage();
  const loads: string[] = [];
  page.on("load", () => loads.push(page.url()));
  await page.goto(site.url);

  await test.step("it is a table with headings, links and a README", async () => {
    assertEquals(await namesOn(page), ["photos", "b9.bin", "b10.bin", "Été.txt", "README.md"]);
    const expected = await Deno.readTextFile(new URL("listing.aria.txt", import.meta.url));
    assertEquals(await page.locator("body").ariaSnapshot(), expected.trimEnd());
  });

  await test.step("a click sorts, without loading the page anew", async () => {
    await link(page, "Size").click();
    assertEquals(await namesOn(page), ["photos", "b10.bin", "README.md", "b9.bin", "Été.txt"]);
    await link(page, "Size").click();
    assertEquals(await namesOn(page), ["photos", "Été.txt", "b9.bin", "README.md", "b10.bin"]);
    assertMatch(page.url(), /\?sort=size&order=asc$/);
    const column = page.getByRole("columnheader", { name: "Size" });
    assertEquals(await column.getAttribute("aria-sort"), "ascending");
    assertEquals(await page.locator("#said").innerText(), "Sorted by size, ascending");
    await link(page, "Modified").click();
    assertEquals(await namesOn(page), ["photos", "b10.bin", "README.md", "b9.bin", "Été.txt"]);
    assertEquals(loads.length, 1);
  });

  await test.step("typing filters, and the keyboard leads into the rows", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("ETE");
    assertEquals(await namesOn(page), ["Été.txt"]);
    assertEquals(await page.locator("#count").innerText(), "1 item");
    await page.keyboard.type("x");
    assertEquals(await namesOn(page), []);
    assert(await page.getByText("Nothing found").isVisible());
    await page.keyboard.press("Escape");
    assertEquals((await namesOn(page)).length, 5);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assertEquals(await page.locator(":focus").innerText(), "b10.bin");
    assertEquals(loads.length, 1);
  });

  await test.step("what is sorted and filtered stays so when it is loaded again", async () => {
    await page.getByRole("searchbox").fill(".bin");
    await page.waitForURL(/filter=\.bin/);
    await page.reload();
    assertEquals(await namesOn(page), ["b10.bin", "b9.bin"]);
    await page.getByRole("searchbox").fill("");
    await waitForCount(page, "5 items");
  });

  await test.step("folders are opened, and left by the path", async () => {
    await follow(link(page, "photos"));
    await follow(link(page, "2026"));
    await page.getByRole("heading", { name: "2026" }).waitFor();
    assertEquals(await namesOn(page), ["summer.jpg"]);
    await follow(link(page, "Home"));
    await waitForCount(page, "5 items");
    assertEquals(page.url(), site.url);
  });

  await test.step("files are downloaded, and folders as zip files", async () => {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      link(page, "b10.bin").click(),
    ]);
    assertEquals((await Deno.readFile(await file.path())).length, 3000);
    const [zip] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download as zip" }).click(),
    ]);
    assertMatch(zip.suggestedFilename(), /\.zip$/);
    assertEquals(
      (await Deno.readFile(await zip.path())).subarray(0, 2),
      new TextEncoder().encode("PK"),
    );
  });
  assertEquals(browser.takeComplaints(), []);
};

STEPS["a browser goes through the pages of a large folder"] = async (browser) => {
  await using site = new ServedFolder("--prefix", "/below/a/prefix");
  for (let at = 1; at <= 1100; at++) site.tree.write(`${at}.txt`, "");
  const page = await browser.newPage();
  const loads: string[] = [];
  page.on("load", () => loads.push(page.url()));
  await page.goto(site.url);
  assertEquals(await page.locator("#count").innerText(), "1–1,000 of 1,100 items");
  await link(page, "Next").click();
  await waitForCount(page, "1,001–1,100 of 1,100 items");
  assertEquals((await namesOn(page))[0], "1001.txt");
  await link(page, "Name").click();
  await waitForCount(page, "1–1,000 of 1,100 items");
  assertEquals((await namesOn(page))[0], "1100.txt");
  await link(page, "Next").click();
  await waitForCount(page, "1,001–1,100 of 1,100 items");
  assertEquals((await namesOn(page))[0], "100.txt");
  await page.goBack();
  await waitForCount(page, "1–1,000 of 1,100 items");
  await page.getByRole("searchbox").fill("109");
  await waitForCount(page, "11 items");
  assertEquals((await namesOn(page)).slice(0, 2), ["1099.txt", "1098.txt"]);
  assertEquals(loads.length, 1);
  assertEquals(browser.takeComplaints(), []);
};

STEPS["a browser without scripts sorts, filters and uploads"] = async (browser) => {
  await using site = new ServedFolder(...ALL_RIGHTS);
  fill(site);
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(site.url);
  await follow(link(page, "Size"));
  assertEquals(await namesOn(page), ["photos", "b10.bin", "README.md", "b9.bin", "Été.txt"]);
  await page.getByRole("searchbox").fill(".bin");
  await follow(page.getByRole("button", { name: "Filter" }));
  assertEquals(await namesOn(page), ["b10.bin", "b9.bin"]);
  await page.getByLabel("Add files").setInputFiles([
    { name: "one.txt", mimeType: "text/plain", buffer: Buffer.from("1") },
    { name: "zwei ü.txt", mimeType: "text/plain", buffer: Buffer.from("22") },
  ]);
  await follow(page.getByRole("button", { name: "Upload" }));
  await link(page, "zwei ü.txt").waitFor();
  assertEquals((await namesOn(page)).length, 7);
  assertEquals(Deno.readTextFileSync(`${site.tree.root}/zwei ü.txt`), "22");
  assertEquals(browser.takeComplaints(), []);
};

STEPS["names and READMEs that try to inject something do nothing in a browser"] = async (
  browser,
) => {
  const names = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)<",
    `" onmouseover="alert(1)`,
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "data:text&#47;html,<b>",
    "&lt;b&gt;&amp;",
    "%2e%2e%2fetc",
    "a?b=c#d",
    "photo\u202egpj.exe",
    "${alert(1)}",
    " -- ]]> ",
    "日本語 🎉",
  ].filter((name) => !name.includes("/"));
  await using site = new ServedFolder(...ALL_RIGHTS);
  for (const name of names) site.tree.write(name, name);
  site.tree.write(
    "README.md",
    "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[go](javascript:alert(1))\n\n" +
      `![x](x"onerror="alert(1))\n\n# "><img src=x onerror=alert(1)>\n\n![out](http://example.invalid/x.png)\n`,
  );
  const page = await browser.newPage();
  await page.goto(site.url);
  const shown = (name: string): string => name.replace("\u202e", "U+202E").trim();
  const expected = new Set([...names, "README.md"].map(shown));
  for (const query of ["", "?sort=date"]) {
    if (query !== "") await page.goto(site.url + query);
    assertEquals(new Set((await namesOn(page)).map((name) => name.trim())), expected);
    const contents = await page.evaluate<string[]>(`Promise.all(Array.from(
      document.querySelectorAll("tbody th a"),
      async (link) => await (await fetch(link.href)).text(),
    ))`);
    for (const name of names) assert(contents.includes(name), name);
    assertEquals(
      await page.locator(
        "tbody th a > :not(i, bdi), tbody bdi > :not(.code), .prose img[onerror]",
      ).count(),
      0,
    );
  }
  // What was there when the page came is drawn anew by the script, with buttons.
  await page.getByRole("searchbox").fill("alert");
  await page.getByRole("button", { name: /^Delete <img/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assertEquals(site.names().includes(names[0]!), false);
  assertEquals(browser.takeComplaints(), []);
};

testWith(["chromium"], "a browser shows listings", async (test) => {
  await using browser = await Browser.open();
  for (const [name, fn] of Object.entries(STEPS)) {
    await test.step(name, (step) => fn(browser, step));
  }
});
