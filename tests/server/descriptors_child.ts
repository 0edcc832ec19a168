// A server for descriptors_test.ts, in a process of its own that has few descriptors: tells its port
// and each failure to accept.

import { printError } from "../../server/error_context.ts";
import { listen } from "../../server/mod.ts";

// As the command does. It also keeps the runtime alive, which panics when it first needs its pipe for
// signals while there are no descriptors.
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));

const server = listen("127.0.0.1", 0, {
  onError: (error, context) => {
    // The default as well: a stack that is printed without descriptors would be the end.
    printError(error, context);
    console.log(context.source, error instanceof Error ? error.name : error);
  },
}, (con) => con.send("hello"));
console.log("port", (server.addr as Deno.NetAddr).port);
