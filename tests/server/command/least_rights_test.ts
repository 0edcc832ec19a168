import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { leastRightsCommand, pathFlag } from "../../../server/command/least_rights.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import { resolveSettings } from "../../../server/command/settings.ts";
import { UsageError } from "../../../server/command/usage_error.ts";

function command(args: string[], files: string[] = [], variables: string[] = []): string {
  const settings = resolveSettings(new OptionValues(parseArguments(args)));
  const module = "jsr:@eco/http/serve";
  const roots = ["/srv/my files"];
  return leastRightsCommand({
    ...{ settings, roots, files, variables, opener: "xdg-open", module, args },
  });
}

Deno.test("leastRightsCommand() reads the folder and listens on the address, no more", () => {
  assertEquals(
    command(["my files"]),
    "deno run --allow-net=127.0.0.1:8080 '--allow-read=/srv/my files' jsr:@eco/http/serve 'my files'",
  );
  assertEquals(
    command(["--host", "::1", "--port", "0"]),
    "deno run '--allow-net=[::1]:0' '--allow-read=/srv/my files' jsr:@eco/http/serve --host ::1 --port 0",
  );
});

Deno.test("leastRightsCommand() adds what options need", () => {
  assertEquals(
    command(["--upload", "--host", "0.0.0.0", "--qr", "--open", "--workers=2"], ["/etc/c.pem"], [
      "SERVE_LOG",
    ]),
    "deno run --allow-net=0.0.0.0:8080 '--allow-read=/srv/my files,/etc/c.pem' " +
      "'--allow-write=/srv/my files' --allow-env=SERVE_LOG --allow-run=xdg-open " +
      "--allow-sys=networkInterfaces --unstable-net jsr:@eco/http/serve " +
      "--upload --host 0.0.0.0 --qr --open --workers=2",
  );
  const flagOfNet = (args: string[]) => command([...args, "--port=0"]).split(" ")[2];
  assertEquals(flagOfNet([]), "--allow-net=127.0.0.1:0");
  assertEquals(flagOfNet(["--workers=2"]), "--allow-net=127.0.0.1");
  assertEquals(command(["--edit"]).includes("'--allow-write=/srv/my files'"), true);
});

Deno.test("leastRightsCommand() names a folder by each of its names", () => {
  const args = ["--upload"];
  const settings = resolveSettings(new OptionValues(parseArguments(args)));
  const facts = { files: [], variables: [], opener: "open", module: "/a/main.ts", args };
  assertEquals(
    leastRightsCommand({ settings, roots: ["/a/link", "/b"], ...facts }),
    "deno run --allow-net=127.0.0.1:8080 --allow-read=/a/link,/b --allow-write=/a/link,/b " +
      "/a/main.ts --upload",
  );
});

Deno.test("leastRightsCommand() reads everything where links may lead anywhere", () => {
  assertEquals(
    command(["--links", "anywhere", "--edit"]),
    "deno run --allow-net=127.0.0.1:8080 --allow-read '--allow-write=/srv/my files' " +
      "jsr:@eco/http/serve --links anywhere --edit",
  );
});

Deno.test("leastRightsCommand() shows no hash, and nothing that would let in others than meant", () => {
  const hash = "0".repeat(64);
  const line = command([
    "--auth",
    `me:sha256:${hash}`,
    `--auth=you:sha256:${hash}`,
    "--auth-without-tls",
  ]);
  assert(line.endsWith(" --auth me:HASH --auth=you:HASH --auth-without-tls"), line);
  assert(!line.includes("00"), line);
  assertThrows(() => command(["--auth", "me:HASH"]), UsageError, '"--auth" "me" has no hash');
  const folder = command(["--", "--auth=a:b"]);
  assert(folder.endsWith(" -- --auth=a:b"), folder);
});

Deno.test("pathFlag() names each path once, and none where one cannot be named", () => {
  assertEquals(pathFlag("--allow-read", ["/a", "/b", "/a"]), "--allow-read=/a,/b");
  assertEquals(pathFlag("--allow-read", ["/a,b", "/c"]), "--allow-read");
});
