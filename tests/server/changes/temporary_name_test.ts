import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import {
  isTemporary,
  makeTemporaryName,
  parseTemporaryName,
  temporaryNameOf,
} from "../../../server/changes/temporary_name.ts";

Deno.test("a temporary name is a short dot name that nobody guesses", () => {
  const name = makeTemporaryName();
  assertMatch(name, /^\.upload-[0-9a-f]{32}$/);
  assertNotEquals(makeTemporaryName(), name);
  assertEquals(parseTemporaryName(name), { id: name.slice(8), length: undefined });
});

Deno.test("the name of a resumable upload says how long the file will be", () => {
  for (const length of [0, 1, 35, 36, 10 * 2 ** 30, Number.MAX_SAFE_INTEGER]) {
    const name = makeTemporaryName(length);
    assert(name.length < 64, name);
    assertEquals(parseTemporaryName(name), { id: name.slice(8), length });
    assertEquals(temporaryNameOf(name.slice(8)), name);
  }
});

Deno.test("an id that is none names no file", () => {
  const digits = "0123456789abcdef0123456789abcdef";
  const ids = [
    "",
    digits,
    `${digits}-`,
    `${digits}-01`,
    `${digits}-A`,
    `${digits}-/`,
    `${digits}-1/../x`,
    `${digits}-1\0`,
    `${digits}-1\n`,
    `${digits}-zzzzzzzzzzz`,
    `${digits.toUpperCase()}-1`,
    `../${digits}-1`,
  ];
  for (const id of ids) assertEquals(temporaryNameOf(id), undefined, id);
});

Deno.test("other dot names are not temporary ones", () => {
  assertEquals(isTemporary(makeTemporaryName()), true);
  assertEquals(isTemporary(makeTemporaryName(5)), true);
  for (const name of [".upload-", ".upload-x", ".uploads", "upload", `x${makeTemporaryName()}`]) {
    assertEquals(isTemporary(name), false, name);
  }
});
