import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { type ErrorContext, printError } from "../../server/error_context.ts";
import { ServerRequest } from "../../server/request.ts";
import { HttpError, LimitError, ProtocolError, TimeoutError } from "../../wire/errors.ts";
import { FieldSection } from "../../wire/field_section.ts";

function printed(error: unknown, context: ErrorContext): unknown[][] {
  const calls: unknown[][] = [];
  const { error: original } = console;
  console.error = (...values) => calls.push(values);
  try {
    printError(error, context);
  } finally {
    console.error = original;
  }
  return calls;
}

function request(rawPath: string): ServerRequest {
  const head = { method: "GET", target: rawPath, minorVersion: 1, fields: new FieldSection("") };
  return new ServerRequest(head, { rawPath, authority: "a" });
}

Deno.test("printError() says nothing about what clients do", () => {
  const errors = [
    new ProtocolError("bad_chunk", "No"),
    new LimitError("maxBodyBytes", 1, 413),
    new TimeoutError("body", 1),
    new HttpError("No", { status: 403 }),
    new HttpError("No", { status: 499 }),
  ];
  for (const error of errors) {
    for (const source of ["handler", "accept", "connection"] as const) {
      assertEquals(printed(error, { source }), []);
    }
  }
});

Deno.test("printError() prints all other errors with where they came from", () => {
  const errors = [
    new Error("defect"),
    new HttpError("No", { status: 500 }),
    new HttpError("No"),
    new ProtocolError("bad_version", "No", 505),
    "text",
    undefined,
  ];
  for (const error of errors) {
    const [[where, what], ...more] = printed(error, { source: "accept" }) as [unknown[]];
    assertEquals([where, more], ["Error in accept:", []]);
    assertStrictEquals(what, error);
  }
});

Deno.test("printError() names the request, quoted so that it cannot forge lines", () => {
  const context = { source: "handler", request: request("/a?b\x1b[2J\x85") } as const;
  const [[where]] = printed(new Error("defect"), context) as [unknown[]];
  assertMatch(where as string, /^Error in handler of GET "\/a\?b\\x1b\[2J\\x85"/);
});

// The last one, as the shortage lasts for a while.
Deno.test("printError() looks at no stack while descriptors are short, which the runtime would not survive", () => {
  const short = Object.assign(new Deno.errors.Busy("Too many open files"), { code: "EMFILE" });
  assertEquals(printed(short, { source: "accept" }), [["Error in accept: Too many open files"]]);
  const later = new Error("Cannot load module");
  assertEquals(printed(later, { source: "handler" }), [["Error in handler: Cannot load module"]]);
});
