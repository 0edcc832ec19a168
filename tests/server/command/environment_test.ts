import { assertEquals } from "@std/assert";
import {
  readEnvironment,
  unknownVariables,
  VARIABLES,
} from "../../../server/command/environment.ts";

function given(variables: Record<string, string>): Record<string, readonly string[]> {
  const options = readEnvironment((name) => variables[name]);
  return Object.fromEntries(Array.from(options, ([name, { values }]) => [name, values]));
}

Deno.test("readEnvironment() takes options from variables named after them", () => {
  assertEquals(
    given({ SERVE_PORT: "80", SERVE_MAX_UPLOAD: "1G", SERVE_404: "no.html", PORT: "1" }),
    {
      port: ["80"],
      "max-upload": ["1G"],
      404: ["no.html"],
    },
  );
});

Deno.test("readEnvironment() takes the lines of a variable for the values of a list", () => {
  assertEquals(given({ SERVE_HEADER: "A: b, c\n  X-Y: z\n\n", SERVE_HOST: "::1" }), {
    header: ["A: b, c", "X-Y: z"],
    host: ["::1"],
  });
});

Deno.test("readEnvironment() takes yes and no for what may go without a value", () => {
  assertEquals(given({ SERVE_CORS: "1", SERVE_SPA: "no", SERVE_HEALTH: "/up" }), {
    cors: ["*"],
    spa: [],
    health: ["/up"],
  });
});

Deno.test("readEnvironment() takes an empty variable for none, and none for what is of arguments", () => {
  assertEquals(given({ SERVE_PORT: "", SERVE_HELP: "true", SERVE_VERSION: "true" }), {});
});

Deno.test("VARIABLES tells the option of each variable", () => {
  assertEquals(VARIABLES.get("SERVE_AUTH_FILE"), "auth-file");
  assertEquals(VARIABLES.get("SERVE_CONFIG"), "config");
  assertEquals(VARIABLES.has("SERVE_HELP"), false);
});

Deno.test("readEnvironment() calls an option by its variable", () => {
  const options = readEnvironment((name) => name === "SERVE_PORT" ? "x" : undefined);
  assertEquals(options.get("port")?.label, "SERVE_PORT");
});

Deno.test("readEnvironment() takes nothing for a value where that would take protection away", () => {
  assertEquals(given({ SERVE_AUTH: "", SERVE_AUTH_FILE: "", SERVE_CERT: "", SERVE_HIDDEN: "" }), {
    cert: [""],
    auth: [""],
    "auth-file": [""],
  });
  assertEquals(given({ SERVE_AUTH: " \n ", SERVE_HIDDEN: "\n" }), { hidden: [""], auth: [""] });
});

Deno.test("unknownVariables() tells those that look like options and are none", () => {
  assertEquals(
    unknownVariables(["SERVE_PORT", "SERVE_PROT", "PORT", "SERVE_HELP", "XSERVE_A", "SERVE_"]),
    ["SERVE_", "SERVE_HELP", "SERVE_PROT"],
  );
});
