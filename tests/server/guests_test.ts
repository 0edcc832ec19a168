import { assertEquals } from "@std/assert";
import { type Guest, Guests } from "../../server/guests.ts";

class Visitor implements Guest {
  readonly #end = Promise.withResolvers<void>();
  readonly told: string[] = [];

  get ended(): Promise<void> {
    return this.#end.promise;
  }

  goAway(): void {
    this.told.push("go away");
  }

  cut(): void {
    this.told.push("cut");
    this.#end.resolve();
  }
}

Deno.test("guests are told to go, and counted until they have ended", async () => {
  const ended = Promise.withResolvers<void>();
  const guests = new Guests(ended.resolve);
  const [one, two] = [new Visitor(), new Visitor()];
  guests.add(one);
  guests.add(two);
  guests.goAway();
  assertEquals([one.told, guests.count], [["go away"], 2]);
  one.cut();
  await ended.promise;
  assertEquals(guests.count, 1);
  assertEquals([guests.cut(), guests.cut()], [1, 0]);
  assertEquals(two.told, ["go away", "cut"]);
  assertEquals(one.told, ["go away", "cut"]);
});
