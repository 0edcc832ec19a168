import { assertEquals } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { bannerLines, warningsFor } from "../../../server/command/banner.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import { resolveSettings } from "../../../server/command/settings.ts";

const USER = `me:sha256:${"0".repeat(64)}`;
const settingsOf = (args: string[]) => resolveSettings(new OptionValues(parseArguments(args)));

function banner(args: string[], urls: string[] | undefined): string[] {
  return bannerLines({
    settings: settingsOf(args),
    ...{ root: '/srv/"www"\n', url: "http://host:80/", urls, addressesFlag: "--allow-sys=x" },
    ...{ rights: "read the folder", command: "deno run x" },
  });
}

Deno.test("bannerLines() says what is served, where, with which rights and how with less", () => {
  assertEquals(banner([], ["http://127.0.0.1:80/"]), [
    'Serving "/srv/\\"www\\"\\n" on http://host:80/',
    "  Clients may read files, list folders, get folders as zip",
    "  Rights of this process: read the folder",
    "  Least rights: deno run x",
  ]);
});

Deno.test("bannerLines() lists all addresses, or how to learn them", () => {
  assertEquals(banner(["--host", "::"], ["http://a/", "http://b/"]).slice(1, 3), [
    "  At http://a/",
    "  At http://b/",
  ]);
  assertEquals(
    banner(["--host", "0.0.0.0"], undefined)[1],
    "  At all addresses of this machine; --allow-sys=x lists them",
  );
});

Deno.test("bannerLines() names all that clients may do", () => {
  assertEquals(
    banner(["--no-listing", "--upload", "--edit", "--overwrite", "--auth", USER], [])[1],
    "  Clients may read files, upload files, make folders, rename and delete, replace files, " +
      "with a password",
  );
});

Deno.test("warningsFor() warns of changes by anybody", () => {
  const warn = (args: string[], isReachable = true) => warningsFor(settingsOf(args), isReachable);
  const upload = ["--host", "0.0.0.0", "--upload"];
  assertEquals(warn(upload), [
    "anybody who reaches 0.0.0.0 may upload files; --auth asks for a password",
  ]);
  assertEquals(
    warn([...upload, "--edit"]),
    ["anybody who reaches 0.0.0.0 may upload, rename and delete files; --auth asks for a password"],
  );
  assertEquals(warn(upload, false), []);
  assertEquals(warn(["--host", "0.0.0.0"]), []);
  assertEquals(warn([...upload, "--auth", USER, "--auth-without-tls"]), []);
});
