// This library: the same five bytes for every request. Prints its port.
import { listen } from "../../server/mod.ts";

const server = listen("127.0.0.1", 0, (con, _req) => {
  con.addHeader("content-type", "text/plain");
  con.send("hello");
});
console.log((server.addr as Deno.NetAddr).port);
