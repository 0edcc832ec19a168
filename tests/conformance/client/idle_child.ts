// A program for connections_test.ts: asks once, tells what it got, and has nothing more to do. Its connection
// is kept.

import { Client } from "../../../client/mod.ts";

const client = new Client({ proxy: false });
const response = await client.get(Deno.args[0]!);
console.log(response.code, response.text(), client.stats().idle);
