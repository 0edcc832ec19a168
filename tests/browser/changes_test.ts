// A real Chromium makes folders, renames and deletes.

import { assert, assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { testWith } from "../peers/programs.ts";
import { Browser } from "./browser.ts";
import { ALL_RIGHTS, ServedFolder } from "./served_folder.ts";

const namesOn = (page: Page): Promise<string[]> => page.locator("tbody th").allTextContents();
const button = (inside: Page | Locator, name: string): Locator =>
  inside.getByRole("button", { name, exact: true });
const focused = (page: Page): Promise<string> => page.locator(":focus").innerText();

testWith(["chromium"], "a browser makes folders, renames and deletes", async (test) => {
  await using browser = await Browser.open();
  await using site = new ServedFolder(...ALL_RIGHTS, "--prefix", "/a%20prefix");
  const { root } = site.tree;
  site.tree.write("a file & more.txt", "content");
  site.tree.write("taken.txt", "taken");
  site.tree.write("old/inside.txt", "inside");
  const page = await browser.newPage();
  const dialog = page.getByRole("dialog");
  let loads = 0;
  page.on("load", () => loads++);
  await page.goto(site.url);

  await test.step("a new folder is there and has the focus", async () => {
    await button(page, "New folder").click();
    await dialog.getByLabel("Name").fill("new ü #1");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    assert(Deno.statSync(`${root}/new ü #1`).isDirectory);
    assertEquals(await namesOn(page), ["new ü #1", "old", "a file & more.txt", "taken.txt"]);
    assertEquals(await focused(page), "new ü #1");
    assertEquals(await page.locator("#said").innerText(), "Created new ü #1");
  });

  await test.step("a name that cannot be is refused, and can be mended", async () => {
    await button(page, "New folder").click();
    await dialog.getByLabel("Name").fill("a/b");
    await button(dialog, "Create").click();
    await dialog.getByText("A name cannot have a slash in it").waitFor();
    await dialog.getByLabel("Name").fill("old");
    await button(dialog, "Create").click();
    await dialog.getByText("The name is taken").waitFor();
    await dialog.getByLabel("Name").fill(".hidden");
    await button(dialog, "Create").click();
    await dialog.getByText("This name cannot be used").waitFor();
    await page.keyboard.press("Escape");
    assertEquals(site.names().includes(".hidden"), false);
  });

  await test.step("renaming offers all but the extension, and takes no name that is taken", async () => {
    await button(page, "Rename a file & more.txt").click();
    await page.keyboard.type("ein % neuer");
    await button(dialog, "Rename").click();
    await dialog.waitFor({ state: "hidden" });
    assertEquals(Deno.readTextFileSync(`${root}/ein % neuer.txt`), "content");
    assertEquals(await focused(page), "ein % neuer.txt");
    // Somebody else makes a file that the page does not know of.
    site.tree.write("meanwhile.txt", "meanwhile");
    await button(page, "Rename ein % neuer.txt").click();
    await dialog.getByLabel("New name").fill("meanwhile.txt");
    await button(dialog, "Rename").click();
    await dialog.getByText("The name is taken").waitFor();
    await button(dialog, "Cancel").click();
    assertEquals(Deno.readTextFileSync(`${root}/meanwhile.txt`), "meanwhile");
    assertEquals(Deno.readTextFileSync(`${root}/ein % neuer.txt`), "content");
  });

  await test.step("a folder is renamed with what is in it", async () => {
    await button(page, "Rename old").click();
    await page.keyboard.type("kept");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    assertEquals(Deno.readTextFileSync(`${root}/kept/inside.txt`), "inside");
  });

  await test.step("nothing is deleted without a yes", async () => {
    await button(page, "Delete kept").click();
    await dialog.getByText("The folder goes with everything in it").waitFor();
    assertEquals(await focused(page), "Cancel");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    assert(site.names().includes("kept"));
  });

  await test.step("deleting removes files, and folders with all in them", async () => {
    for (const name of ["taken.txt", "kept"]) {
      await button(page, `Delete ${name}`).click();
      await button(dialog, "Delete").click();
      await dialog.waitFor({ state: "hidden" });
      assertEquals(site.names().includes(name), false);
      assertEquals((await namesOn(page)).includes(name), false);
    }
    // The focus is on what took the place of what was deleted.
    assertEquals(await focused(page), "new ü #1");
  });

  await test.step("what is gone already is said to be", async () => {
    Deno.removeSync(`${root}/meanwhile.txt`);
    await button(page, "Delete meanwhile.txt").click();
    await button(dialog, "Delete").click();
    await dialog.getByText("It is no longer there").waitFor();
    await button(dialog, "Cancel").click();
  });
  assertEquals([loads, browser.takeComplaints()], [1, []]);
});
