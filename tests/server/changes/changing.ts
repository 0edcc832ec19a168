// A server whose clients may change a folder of one test: `await using it = await Changing.start()`.

import { assertEquals } from "@std/assert";
import { answerChange } from "../../../server/changes/answer_change.ts";
import type { ChangeSite } from "../../../server/changes/change.ts";
import type { ChangeRights } from "../../../server/changes/rights.ts";
import type { FolderOptions } from "../../../server/files/file_options.ts";
import { Folder } from "../../../server/files/folder.ts";
import { pathBelow } from "../../../server/files/mount.ts";
import { parseSafePath } from "../../../server/files/safe_path.ts";
import { listen, type ListenOptions, type Server } from "../../../server/mod.ts";
import { pathOf } from "../../../server/request.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../files/temp_tree.ts";
import { RawClient, type RawResponse } from "../raw_client.ts";

/** Everything is allowed but to replace files. */
export const ALL: ChangeRights = { upload: true, overwrite: false, edit: true };

/** What a test may set. */
export interface ChangingOptions {
  rights?: Partial<ChangeRights>;
  folder?: FolderOptions;
  server?: ListenOptions;
  site?: ChangeSite;
}

/** A folder, and the server that lets it be changed. */
export class Changing implements AsyncDisposable {
  readonly tree: TempTree = new TempTree();
  readonly folder: Folder;
  readonly server: Server;
  /** What `onError` heard. */
  readonly errors: unknown[] = [];
  /** Called when a request was handled, however that ended. */
  onHandled: (() => void) | undefined;

  constructor({ rights = {}, folder = {}, server = {}, site = {} }: ChangingOptions = {}) {
    this.folder = new Folder({ ...folder, docroot: this.tree.root });
    const onError = (error: unknown): void => void this.errors.push(error);
    this.server = listen("127.0.0.1", 0, { onError, ...server }, async (con, req) => {
      const path = parseSafePath(
        pathBelow(site.prefix ?? "", pathOf(req.rawPath))!,
        this.folder.pathPolicy,
      );
      if (typeof path === "number") return con.sendError(path);
      try {
        await answerChange(con, req, path, this.folder, { ...ALL, ...rights }, site);
      } finally {
        this.onHandled?.();
      }
    });
  }

  /** `http://127.0.0.1:port` */
  get url(): string {
    return `http://127.0.0.1:${(this.server.addr as Deno.NetAddr).port}`;
  }

  connect(): Promise<RawClient> {
    return RawClient.connect(this.server);
  }

  /** Sends one request on a connection of its own. */
  async ask(line: string, fields: string[] = [], body = ""): Promise<RawResponse> {
    using client = await this.connect();
    return await client.ask(line, fields, body);
  }

  /** Everything in the folder, hidden or not, by path; folders end in a slash. */
  list(): string[] {
    const paths: string[] = [];
    const walk = (folder: string): void => {
      for (const { name, isDirectory } of Deno.readDirSync(`${this.tree.root}/${folder}`)) {
        paths.push(`${folder}${name}${isDirectory ? "/" : ""}`);
        if (isDirectory) walk(`${folder}${name}/`);
      }
    };
    walk("");
    return paths.sort();
  }

  read(relative: string): string {
    return Deno.readTextFileSync(`${this.tree.root}/${relative}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.shutdown();
    this.tree[Symbol.dispose]();
    // What clients do wrong is reported, too; a defect is something else.
    const defect = this.errors.find((error) => !(error instanceof HttpError));
    if (defect !== undefined) throw defect;
  }
}

/** A form of files, and the fields of a request with it. */
export function formOf(
  ...files: [filename: string, content: string][]
): { fields: string[]; body: string } {
  const parts = files.map(([filename, content]) =>
    `--b\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\n` +
    `Content-Type: text/plain\r\n\r\n${content}\r\n`
  );
  return {
    fields: ["Content-Type: multipart/form-data; boundary=b"],
    body: `${parts.join("")}--b--\r\n`,
  };
}

/** Checks status and text of a refusal. */
export function assertRefused(response: RawResponse, status: number, text: string): void {
  assertEquals([response.status, response.body], [status, `${text}\n`]);
}
