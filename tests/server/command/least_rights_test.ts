import { assertEquals } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { leastRightsCommand, pathFlag } from "../../../server/command/least_rights.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import { resolveSettings } from "../../../server/command/settings.ts";

function command(args: string[], files: string[] = [], variables: string[] = []): string {
  const settings = resolveSettings(new OptionValues(parseArguments(args)));
  const facts = { settings, root: "/srv/my files", files, variables, opener: "xdg-open", args };
  return leastRightsCommand(facts);
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
  assertEquals(command(["--edit"]).includes("'--allow-write=/srv/my files'"), true);
});

Deno.test("pathFlag() names each path once, and none where one cannot be named", () => {
  assertEquals(pathFlag("--allow-read", ["/a", "/b", "/a"]), "--allow-read=/a,/b");
  assertEquals(pathFlag("--allow-read", ["/a,b", "/c"]), "--allow-read");
});
