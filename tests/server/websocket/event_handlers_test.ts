import { assertEquals } from "@std/assert";
import { EventHandlers } from "../../../server/websocket/event_handlers.ts";

Deno.test("EventHandlers keeps the place of the first handler among the listeners", () => {
  const target = new EventTarget();
  const handlers = new EventHandlers(target);
  const heard: unknown[] = [];
  const listen = (name: string): void => {
    target.addEventListener("x", () => heard.push(name));
  };
  listen("before");
  handlers.set("x", () => heard.push("first"));
  listen("behind");
  const second = function (this: unknown, event: Event): void {
    heard.push(this === target && event.type);
  };
  handlers.set("x", second);
  target.dispatchEvent(new Event("x"));
  assertEquals(heard.splice(0), ["before", "x", "behind"]);
  assertEquals(handlers.get("x"), second);
  handlers.set("x", "no function");
  assertEquals([handlers.get("x"), handlers.get("y")], [null, null]);
  handlers.set("x", () => heard.push("third"));
  handlers.set("y", null);
  target.dispatchEvent(new Event("x"));
  assertEquals(heard, ["before", "behind", "third"]);
});
