import { assert, assertEquals } from "@std/assert";
import { STYLE } from "../../../server/listing/style.ts";

Deno.test("the style refers to nothing outside of the page, and cannot end its element", () => {
  assert(!/url\((?!"data:image\/svg\+xml,)|@import|@font-face|</.test(STYLE));
});

Deno.test("the style has every colour in light and in dark, and uses each", () => {
  const [light, dark] = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, rules]) =>
    new Set([...rules!.matchAll(/(--[a-z-]+):/g)].map(([, name]) => name!))
  );
  assert(light!.size > 20);
  assertEquals(dark, light);
  const used = new Set([...STYLE.matchAll(/var\((--[a-z-]+)\)/g)].map(([, name]) => name!));
  // The one that is not a colour is set where an icon is drawn.
  assertEquals(used, new Set([...light!, "--icon"]));
});

Deno.test("the colours of texts differ enough from what they stand on", () => {
  for (
    const [at, rules] of [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, it]) => it!).entries()
  ) {
    const colours = new Map(
      [...rules.matchAll(/(--[a-z-]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name!, hex!]),
    );
    const pairs = [
      ["--text", "--ground"],
      ["--text", "--card"],
      ["--text", "--raised"],
      ["--text", "--hover"],
      ["--muted", "--ground"],
      ["--muted", "--card"],
      ["--muted", "--head"],
      ["--muted", "--hover"],
      ["--accent", "--ground"],
      ["--accent", "--card"],
      ["--accent", "--accent-soft"],
      ["--on-accent", "--accent"],
      ["--good", "--card"],
      ["--bad", "--card"],
      ["--bad", "--bad-soft"],
      ["--card", "--bad"],
    ];
    for (const [text, ground] of pairs) {
      const ratio = contrast(colours.get(text!)!, colours.get(ground!)!);
      // WCAG 2.2, 1.4.3.
      assert(ratio >= 4.5, `${text} on ${ground} has ${ratio} in ${at === 0 ? "light" : "dark"}`);
    }
  }
});

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((it) => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4);
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
