// For answer_zip_test.ts, in a process of its own that has few descriptors: asks for the archive of a folder once all
// of them are taken, and once they are there again, and tells the answers.

import { Folder } from "../../../server/files/folder.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { HttpError } from "../../../wire/errors.ts";
import { answerZip, prepareZip } from "../../../server/zip/answer_zip.ts";
import "../../signal_pipe.ts";

const [docroot, prepared] = Deno.args;
const folder = new Folder({ docroot: docroot! });
folder.open();
if (prepared === "prepared") await prepareZip();

async function ask(): Promise<number> {
  let status = 200;
  const con = {
    addHeader() {},
    send() {},
    flush: () => Promise.resolve(),
    sendError: (code: number) => void (status = code),
  } as unknown as Parameters<typeof answerZip>[0];
  const req = { method: "GET" } as Parameters<typeof answerZip>[1];
  try {
    await answerZip(con, req, parseSafePath("/") as SafePath, folder);
  } catch (error) {
    // The server would answer with that.
    status = error instanceof HttpError ? error.status ?? 500 : 500;
  }
  return status;
}

const taken: Deno.FsFile[] = [];
try {
  while (true) taken.push(Deno.openSync(docroot!));
} catch {
  // That was the last one.
}
const without = [await ask()];
// A library that cannot be loaded is tried for once here: Deno 2.9.6 panics at the second time.
if (prepared === "prepared") without.push(await ask());
for (const file of taken) file.close();
console.log(JSON.stringify([...without, await ask()]));
