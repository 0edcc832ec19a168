import { assert } from "@std/assert";
import { SCRIPT } from "../../../server/listing/script.ts";

Deno.test("the script is one that can be read", () => {
  assert(new Function(SCRIPT) instanceof Function);
});

Deno.test("the script cannot end the element that it stands in", () => {
  assert(!/<[/!]/.test(SCRIPT));
});

Deno.test("the script makes no markup of texts, and asks nobody else for anything", () => {
  assert(
    !/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\.style\b/.test(
      SCRIPT,
    ),
  );
  // The name of the kind of its drawings is the one address in it.
  assert(!/https?:/.test(SCRIPT.replaceAll("http://www.w3.org/2000/svg", "")));
});
