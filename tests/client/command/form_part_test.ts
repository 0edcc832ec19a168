import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../client/command/errors.ts";
import { type FormPart, parseFormPart } from "../../../client/command/form_part.ts";

function assertPart(entry: string, part: Partial<FormPart>): void {
  const nothing = { kind: "text", contentType: undefined, filename: undefined } as const;
  assertEquals(parseFormPart(entry), { ...nothing, ...part } as FormPart, entry);
}

function assertRefuses(entry: string, message: string): void {
  const error = assertThrows(() => parseFormPart(entry), UsageError, message);
  assertEquals(error.exitCode, 2);
}

Deno.test("parseFormPart() takes values as they are, but for blanks around them", () => {
  assertPart("a=b", { name: "a", value: "b" });
  assertPart("a=b=c", { name: "a", value: "b=c" });
  assertPart("a=", { name: "a", value: "" });
  assertPart("a= b ", { name: "a", value: "b" });
  assertPart("a=b\nc", { name: "a", value: "b\nc" });
  assertPart('a=b"c"', { name: "a", value: 'b"c"' });
});

Deno.test("parseFormPart() takes quoted values, with quotes and backslashes in them", () => {
  assertPart('c="x;y"', { name: "c", value: "x;y" });
  assertPart('c=" x "', { name: "c", value: " x " });
  assertPart('c="a\\"b\\\\c\\d"', { name: "c", value: 'a"b\\c\\d' });
  assertPart('c="x;y";type=text/x', { name: "c", value: "x;y", contentType: "text/x" });
  assertPart('c="', { name: "c", value: '"' });
});

Deno.test("parseFormPart() takes the type of values, of files and of their contents", () => {
  assertPart("b=x;type=text/plain", { name: "b", value: "x", contentType: "text/plain" });
  assertPart("c=<f;type=text/x", { name: "c", kind: "content", value: "f", contentType: "text/x" });
  assertPart("d=@f; TYPE=a/b; filename=n", {
    ...{ name: "d", kind: "file", value: "f", contentType: "a/b", filename: "n" },
  });
  assertPart("d=@f ; filename = n".replace(" = ", "="), {
    ...{ name: "d", kind: "file", value: "f", filename: "n" },
  });
});

Deno.test("parseFormPart() takes parameters of a type", () => {
  assertPart("a=b;type=text/plain;charset=utf-8", {
    ...{ name: "a", value: "b", contentType: "text/plain;charset=utf-8" },
  });
  assertPart('a=@b;type=x/y; z="1;2";filename="n;\\"m"', {
    ...{ name: "a", kind: "file", value: "b", contentType: 'x/y; z="1;2"', filename: 'n;"m' },
  });
});

Deno.test("parseFormPart() refuses what it does not know, and says what there is", () => {
  assertRefuses("a=b;typ=text/plain", 'form part "a=b;typ=text/plain" has ";typ=text/plain", not');
  assertRefuses("a=b;c", "quote the value, or use --form-string");
  assertRefuses("a=@b;headers=@c", 'has ";headers=@c", not ";type=" or ";filename="');
  assertRefuses("a=@b;type=x/y;headers=@c", 'has ";headers=@c"');
  assertRefuses("a=@b;encoder=base64", 'has ";encoder=base64"');
  assertRefuses("a=b;filename=c", 'has ";filename=c", not ";type="');
  assertRefuses("a=<b;type=x/y;filename=c", 'has ";filename=c", not ";type="');
  assertRefuses("a=b;type=text", '"text" is not a media type');
  for (const entry of ["a", "=b", ""]) assertRefuses(entry, "has no name");
});

Deno.test("parseFormPart() gives nothing a meaning with --form-string", () => {
  assertEquals(parseFormPart('a=@"b";type=c', true), {
    ...{ name: "a", kind: "text", value: '@"b";type=c', contentType: undefined },
    filename: undefined,
  });
});
