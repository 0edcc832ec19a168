import { assertEquals } from "@std/assert";
import { socketsAsked } from "../../../client/exchange/event_loop.ts";
import { oneTurn } from "../../../wire/event_loop.ts";

Deno.test("socketsAsked() tells what had arrived before, however busy the event loop is", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  for (const isBusy of [false, true]) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const peer = await listener.accept();
    let isOver = false;
    let isEnded = false;
    const work = async (): Promise<void> => {
      while (isBusy && !isOver) await oneTurn();
    };
    const working = work();
    const reading = conn.read(new Uint8Array(1)).then((count) => isEnded = count === null);
    await oneTurn();
    peer.close();
    await socketsAsked(() => false);
    assertEquals(isEnded, true, `busy: ${isBusy}`);
    isOver = true;
    await Promise.all([working, reading]);
  }
});

Deno.test("socketsAsked() takes no longer than it has to", async () => {
  let asked = 0;
  await socketsAsked(() => ++asked === 3);
  assertEquals(asked, 3);
});
