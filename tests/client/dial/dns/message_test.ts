import { Buffer } from "node:buffer";
import { assertEquals, assertThrows } from "@std/assert";
import { decode } from "dns-packet";
import {
  type DnsQuestion,
  encodeQuestion,
  parseAnswer,
} from "../../../../client/dial/dns/message.ts";
import { addressesOf, type Reply, replyTo } from "../../support/dns_server.ts";

const QUESTION: DnsQuestion = { id: 4711, name: "name.test", type: "A" };

function answer(reply: Reply, question = QUESTION) {
  return parseAnswer(replyTo(encodeQuestion(question), reply), QUESTION);
}

Deno.test("encodeQuestion() asks one question, for recursion too", () => {
  const message = decode(Buffer.from(encodeQuestion({ ...QUESTION, type: "AAAA" })));
  assertEquals(message.id, 4711);
  assertEquals(message.type, "query");
  assertEquals(message.flag_rd, true);
  assertEquals(message.questions, [{ name: "name.test", type: "AAAA", class: "IN" }]);
});

Deno.test("encodeQuestion() refuses what cannot be a name", () => {
  const long = "x".repeat(64);
  for (const name of ["", ".", "a..b", `${long}.test`, `${"abc.".repeat(64)}test`, "näme.test"]) {
    assertThrows(() => encodeQuestion({ ...QUESTION, name }), Error, "not a name");
  }
});

Deno.test("encodeQuestion() takes names with a final dot and with underscores", () => {
  for (const [name, sent] of [["name.test.", "name.test"], ["a_b.test", "a_b.test"]] as const) {
    const { questions } = decode(Buffer.from(encodeQuestion({ ...QUESTION, name })));
    assertEquals(questions[0].name, sent);
  }
});

Deno.test("parseAnswer() gives the addresses of the name", () => {
  assertEquals(answer({ answers: addressesOf("Name.TEST", "192.0.2.1", "192.0.2.2") }), {
    code: "NOERROR",
    isTruncated: false,
    addresses: ["192.0.2.1", "192.0.2.2"],
  });
});

Deno.test("parseAnswer() follows aliases in whatever order, and nothing else", () => {
  const answers = [
    ...addressesOf("end.test", "192.0.2.9"),
    ...addressesOf("other.test", "192.0.2.66"),
    { name: "middle.test", type: "CNAME", data: "end.test" },
    { name: "name.test", type: "CNAME", data: "middle.test" },
  ];
  assertEquals(answer({ answers })?.addresses, ["192.0.2.9"]);
});

Deno.test("parseAnswer() ends when aliases go round in a circle", () => {
  const answers = [
    { name: "name.test", type: "CNAME", data: "middle.test" },
    { name: "middle.test", type: "CNAME", data: "name.test" },
  ];
  assertEquals(answer({ answers })?.addresses, []);
});

Deno.test("parseAnswer() passes over addresses of the other family", () => {
  assertEquals(answer({ answers: addressesOf("name.test", "2001:db8::1") })?.addresses, []);
});

Deno.test("parseAnswer() tells of failures, and of answers that were cut", () => {
  assertEquals(answer({ code: 3 })?.code, "NXDOMAIN");
  assertEquals(answer({ code: 2 })?.code, "SERVFAIL");
  assertEquals(answer({ isTruncated: true })?.isTruncated, true);
});

Deno.test("parseAnswer() takes nothing that answers another question", () => {
  assertEquals(answer({}, { ...QUESTION, id: 4712 }), undefined);
  assertEquals(answer({}, { ...QUESTION, name: "other.test" }), undefined);
  assertEquals(answer({}, { ...QUESTION, type: "AAAA" }), undefined);
});

Deno.test("parseAnswer() takes no questions and no noise for an answer", () => {
  assertEquals(parseAnswer(encodeQuestion(QUESTION), QUESTION), undefined);
  for (const type of ["A", "AAAA"] as const) {
    const question = { ...QUESTION, type };
    const address = type === "A" ? "192.0.2.1" : "2001:db8::1";
    const reply = replyTo(encodeQuestion(question), { answers: addressesOf("name.test", address) });
    assertEquals(parseAnswer(reply, question)?.addresses, [address]);
    for (let length = 0; length < reply.length; length++) {
      assertEquals(parseAnswer(reply.subarray(0, length), question), undefined, `${length} bytes`);
    }
  }
});
