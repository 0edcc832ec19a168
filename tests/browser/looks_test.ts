// What listings look like in a real Chromium: light and dark, on a desk and on a phone. With a folder in the variable
// LISTING_PICTURES, pictures of them are put there.

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { until } from "../conformance/waiting.ts";
import { testWith } from "../peers/programs.ts";
import { Browser, takePicture } from "./browser.ts";
import { ALL_RIGHTS, chooseFiles, ServedFolder } from "./served_folder.ts";

const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
const SMALLEST_PHONE = { ...PHONE, viewport: { width: 320, height: 568 } };

/** A folder as people have them: names, sizes in bytes, and the day of the last change. */
const FILES: readonly (readonly [name: string, size: number, day: string])[] = [
  ["Archive/2025.zip", 1, "2026-01-04T11:30Z"],
  ["Photos/2026-10 Lisbon/tram.jpg", 1, "2026-10-28T19:22Z"],
  ["Recipes/bread.md", 1, "2026-11-01T12:00Z"],
  ["backup-2026-11.tar.zst", 961_443_112, "2026-11-20T03:00Z"],
  ["boat-plans.pdf", 2_210_344, "2026-07-30T12:45Z"],
  ["budget-2026.xlsx", 48_213, "2026-11-12T16:20Z"],
  ["evening-session.flac", 42_118_004, "2026-08-15T23:11Z"],
  ["field-notes.md", 6114, "2026-11-20T09:31Z"],
  ["harbour-at-dawn.jpg", 3_482_110, "2026-11-18T07:42Z"],
  ["logbook.sqlite", 731_136, "2026-11-21T06:55Z"],
  ["tide-tables.csv", 18_324, "2026-10-01T08:00Z"],
  ["weather.py", 2841, "2026-11-19T22:03Z"],
];
const README = `# The *Marlin*

Everything about the boat, for the four of us: photos, plans and the logbook.
Please put new pictures into [Photos](Photos/), by trip, and keep names short.

1. Look at the [tide tables](tide-tables.csv) and write the route down.
2. Run \`python weather.py --days 3\` for the forecast.
`;

function fill({ tree }: ServedFolder): void {
  for (const [name, size, day] of FILES) {
    // Nothing is written: such files take no space.
    Deno.truncateSync(tree.write(name, ""), size);
    const time = new Date(day);
    Deno.utimeSync(`${tree.root}/${name}`, time, time);
    const folder = name.split("/")[0]!;
    Deno.utimeSync(`${tree.root}/${folder}`, time, time);
  }
  const readme = tree.write("README.md", README);
  const time = new Date("2026-11-19T20:15Z");
  Deno.utimeSync(readme, time, time);
}

/** The width of the page, and where all that is pressed is on it: left, right, height. */
const SIZES = `[
  document.documentElement.clientWidth,
  document.documentElement.scrollWidth,
  Array.from(document.querySelectorAll("button, .button, thead a, tbody th a"), (it) => it.getBoundingClientRect())
    .filter(({ width }) => width > 0).map(({ left, right, height }) => [left, right, height]),
]`;

/** Nothing is wider than the page or beyond its edge, and on a phone nothing is too small for a finger. */
async function assertFits(page: Page, isPhone: boolean): Promise<void> {
  type Box = [left: number, right: number, height: number];
  const [width, widest, boxes] = await page.evaluate<[number, number, Box[]]>(SIZES);
  assert(widest <= width, `${widest} in ${width}`);
  assert(boxes.length > 3);
  for (const box of boxes) {
    const [left, right, height] = box;
    assert(left >= 0 && right <= width, `${box} in ${width}`);
    // WCAG 2.2, 2.5.8.
    if (isPhone) assert(right - left >= 24 && height >= 24, `${box}`);
  }
}

const groundOf = (page: Page): Promise<string> =>
  page.evaluate(`getComputedStyle(document.body).backgroundColor`);

testWith(["chromium"], "a listing fits desks and phones, in light and in dark", async (test) => {
  await using browser = await Browser.open();
  await using site = new ServedFolder(...ALL_RIGHTS);
  fill(site);
  const grounds: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await test.step(`on a desk in ${colorScheme}`, async () => {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1100, height: 800 } });
      await page.goto(site.url);
      await assertFits(page, false);
      grounds.push(await groundOf(page));
      await takePicture(page, `listing-${colorScheme}`);
      await takePicture(page, `listing-${colorScheme}-whole`, true);
      await page.getByRole("button", { name: "Delete boat-plans.pdf" }).click();
      await takePicture(page, `dialog-${colorScheme}`);
      await page.context().close();
    });
    await test.step(`on a phone in ${colorScheme}, with uploads`, async () => {
      const page = await browser.newPage({ ...PHONE, colorScheme });
      await page.goto(site.url);
      const isDark = colorScheme === "dark";
      const done = site.tree.writeOutside(isDark ? "harbour-at-dusk.jpg" : "gulls.jpg", "");
      const sending = site.tree.writeOutside(isDark ? "regatta.mp4" : "summer-trip.mp4", "");
      Deno.truncateSync(done, 4_120_332);
      Deno.truncateSync(sending, 42_320_777);
      await chooseFiles(page, done);
      await page.getByText("4.1 MB · Done").waitFor();
      site.gate.allow(12_000_000);
      await chooseFiles(page, sending);
      await until("the server has taken what it may", () => site.sizeOfRest() === 12_000_000);
      await page.getByText(/^\d+ MB of 42 MB · .* left$/).waitFor();
      await assertFits(page, true);
      grounds.push(await groundOf(page));
      await takePicture(page, `listing-${colorScheme}-phone`);
      await takePicture(page, `listing-${colorScheme}-phone-whole`, true);
      await page.getByRole("button", { name: /^Cancel upload of/ }).click();
      site.gate.allow(Infinity);
      await until("nothing is left of it", () => site.sizeOfRest() === undefined);
      await page.context().close();
    });
  }
  assertEquals([grounds[0], grounds[2]], [grounds[1], grounds[3]]);
  assert(grounds[0] !== grounds[2]);

  await test.step("on the smallest phone, with the longest names", async () => {
    site.tree.write(`${"unbreakable".repeat(20)}.txt`, "");
    site.tree.write(`${"many words ".repeat(20)}.txt`, "");
    site.tree.folder(`${"W".repeat(120)}/${"deeper ".repeat(20)}!`);
    const page = await browser.newPage({ ...SMALLEST_PHONE, colorScheme: "light" });
    for (
      const path of ["", `${"W".repeat(120)}/${"deeper ".repeat(20)}!/`, "?filter=nothing+has+this"]
    ) {
      await page.goto(site.url + path);
      await assertFits(page, true);
      await takePicture(page, `long-${path.length}`, true);
    }
    await page.goto(site.url);
    await page.getByRole("button", { name: /^Rename unbreakable/ }).click();
    await assertFits(page, false);
    await takePicture(page, "long-dialog");
  });
  assertEquals(browser.takeComplaints(), []);
});
