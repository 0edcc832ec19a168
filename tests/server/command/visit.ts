// A site and a visitor, for its tests.

import { AccessLog } from "../../../server/command/access_log.ts";
import { parseArguments } from "../../../server/command/arguments.ts";
import { LineWriter } from "../../../server/command/line_writer.ts";
import type { LogEntry } from "../../../server/command/log_line.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import { resolveSettings } from "../../../server/command/settings.ts";
import { Site } from "../../../server/command/site.ts";
import { TempTree } from "../files/temp_tree.ts";
import type { RawClient } from "../raw_client.ts";
import { serve } from "../serving.ts";

// Of "secret".
export const HASH: string =
  "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
export const LOGIN: string = `Authorization: Basic ${btoa("me:secret")}`;

/** The entries that a site logs. */
export class Entries extends AccessLog {
  readonly #list: LogEntry[] = [];
  #arrived: (() => void) | undefined;

  constructor() {
    super("json", new LineWriter((bytes) => Promise.resolve(bytes.length), () => {}));
  }

  override put(entry: LogEntry): void {
    this.#list.push(entry);
    this.#arrived?.();
    super.put(entry);
  }

  /** All entries, once there are `count`: a client may have its answer before that. */
  async take(count: number): Promise<readonly LogEntry[]> {
    while (this.#list.length < count) {
      await new Promise<void>((resolve) => this.#arrived = resolve);
    }
    return this.#list;
  }
}

export interface Visited {
  readonly site: Site;
  readonly client: RawClient;
  readonly log: Entries;
  readonly tree: TempTree;
}

/** A site of a folder with a few files, and a client. */
export async function visit(args: string[], action: (it: Visited) => Promise<void>): Promise<void> {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  tree.write("sub/b.txt", "below");
  const { site: settings } = resolveSettings(
    new OptionValues(parseArguments([tree.root, ...args])),
  );
  const log = new Entries();
  const site = new Site(settings, log);
  {
    await using serving = await serve(site.handler);
    await action({ site, client: serving.client, log, tree });
  }
  await log.flush();
}
