import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../client/command/arguments.ts";
import { UsageError } from "../../../client/command/errors.ts";
import { pemOptions } from "../../../client/command/pem_options.ts";
import { makeCertificate } from "../../peers/certificate.ts";
import { testWith } from "../../peers/programs.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

function options(...args: string[]) {
  const command = parseArguments(["https://a.test/", ...args]);
  if (command.action !== "get") throw new Error("Not a get");
  return pemOptions(command.get);
}

function assertRefuses(args: string[], exitCode: number, message: string): void {
  const error = assertThrows(() => options(...args), UsageError, message);
  assertEquals(error.exitCode, exitCode, error.message);
}

Deno.test("pemOptions() says which file is none, with curl's exit code", () => {
  using tree = new TempTree();
  const none = `${tree.root}/none`;
  const text = tree.write("text", "hello");
  const empty = tree.write("pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  assertRefuses(["--cacert", none], 77, `option "--cacert": "${none}": there is no such file`);
  assertRefuses(
    ["--cacert", text],
    77,
    `option "--cacert": "${text}": it holds no certificate, as it is not PEM`,
  );
  assertRefuses(["--cacert", empty], 77, 'option "--cacert": it holds a certificate that cannot');
  assertRefuses(["--cert", none], 58, 'option "--cert"');
  assertRefuses(
    ["--cert", empty, "--key", none],
    58,
    `option "--key": "${none}": there is no such`,
  );
  assertRefuses(["--key", none], 2, 'option "--key" needs "--cert"');
  assertEquals(options(), { ca: undefined, cert: undefined, key: undefined });
});

testWith(
  ["openssl"],
  "pemOptions() takes certificate and key from one file or two, if they match",
  async () => {
    using files = await makeCertificate();
    using others = await makeCertificate();
    using tree = new TempTree();
    const { certPath, keyPath } = pathsOf(files);
    const found = options("-E", certPath, "--key", keyPath);
    assert(found.cert!.includes("CERTIFICATE") && found.key!.includes("PRIVATE KEY"));
    const both = tree.write("both.pem", found.cert! + found.key!);
    assertEquals(options("-E", both), found);
    const { keyPath: wrong } = pathsOf(others);
    assertRefuses(
      ["-E", certPath, "--key", wrong],
      58,
      'option "--key": it does not belong to option "--cert"',
    );
    assertRefuses(["-E", certPath], 58, `option "--key": "${certPath}": it holds no private key`);

    /** The texts as files. */
    function pathsOf({ cert, key }: { cert: string; key: string }) {
      const name = crypto.randomUUID();
      const asText = (it: string) => it.includes("-----BEGIN ") ? it : Deno.readTextFileSync(it);
      return {
        certPath: tree.write(`${name}.crt`, asText(cert)),
        keyPath: tree.write(`${name}.key`, asText(key)),
      };
    }
  },
);
