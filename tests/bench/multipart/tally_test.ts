import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { Witness } from "../../../bench/multipart/job.ts";
import { Notary, requireRight, Tally } from "../../../bench/multipart/tally.mjs";

const encode = (text: string) => new TextEncoder().encode(text);
const RIGHT = { parts: 2, bytes: 8, nameChars: 7 };

Deno.test("a tally counts parts, bytes and the characters of names", () => {
  const tally = new Tally();
  tell(tally, {});
  assertEquals({ ...tally }, { ...RIGHT, ended: 2 });
  requireRight(tally, RIGHT);
});

Deno.test("requireRight() names what is missing", () => {
  const fault = (told: Parameters<typeof tell>[1], message: string) => {
    const tally = new Tally();
    tell(tally, told);
    assertThrows(() => requireRight(tally, RIGHT), Error, message);
  };
  fault({ field: undefined }, "1 parts of 2");
  fault({ pieces: ["12", "34"] }, "7 bytes of 8");
  fault({ name: "ff" }, "names of 8 characters instead of 7");
  fault({ isCut: true }, "1 whole parts of 2");
});

Deno.test("a notary's digest is that of the content, however it comes in pieces", () => {
  const plain = digest({});
  assertEquals(digest({ pieces: ["123", "", "45"] }), plain);
  for (
    const other of [
      { pieces: ["12354"] },
      { name: "g" },
      { filename: "b.x" },
      { field: "abd" },
      { field: undefined },
    ]
  ) assertNotEquals(digest(other), plain);
});

Deno.test("a notary keeps the order in which parts began", () => {
  const [first, second] = [new Notary(), new Notary()];
  const a = first.file("a", "");
  const b = first.file("b", "");
  b.add(encode("2"));
  a.add(encode("1"));
  second.file("a", "").add(encode("1"));
  second.file("b", "").add(encode("2"));
  assertEquals(first.digest(), second.digest());
});

/** Tells a form of one field and one file, the latter in pieces. */
function tell(
  witness: Witness,
  told: {
    name?: string;
    filename?: string;
    field?: string;
    pieces?: string[];
    isCut?: boolean;
  },
): void {
  const { name = "f", filename = "a.x", field, pieces = ["12345"] } = told;
  if (!("field" in told)) witness.field("one", "abc");
  else if (field !== undefined) witness.field("one", field);
  const file = witness.file(name, filename);
  for (const piece of pieces) file.add(encode(piece));
  if (!told.isCut) file.end();
}

function digest(told: Parameters<typeof tell>[1]): string {
  const notary = new Notary();
  tell(notary, told);
  return notary.digest();
}
