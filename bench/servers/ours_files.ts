// This library: the folder that is the first argument. Prints its port.
import { listen } from "../../server/mod.ts";

const [docroot] = Deno.args;
const server = listen("127.0.0.1", 0, { docroot }, (con, req) => con.serveFile(req));
console.log((server.addr as Deno.NetAddr).port);
