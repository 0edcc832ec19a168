// Waits for signals, for until_signal_test.ts.

import { untilSignal } from "../../../server/command/until_signal.ts";

const ended = untilSignal();
console.log("waiting");
await ended;
console.log("ended");
// Until the second signal.
setInterval(() => {}, 1000);
