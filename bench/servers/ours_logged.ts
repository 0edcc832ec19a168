// The command of this library: the folder that is the first argument, with a line for each request in the file that
// is the second. Prints its port.
import { LineWriter } from "../../server/command/line_writer.ts";
import { OptionValues } from "../../server/command/option_values.ts";
import { parseArguments } from "../../server/command/arguments.ts";
import { resolveSettings } from "../../server/command/settings.ts";
import { startSite } from "../../server/command/start_site.ts";

const [docroot, logPath] = Deno.args;
const log = await Deno.open(logPath, { create: true, append: true });
const lines = new LineWriter((bytes) => log.write(bytes), (error) => console.error(error));
const settings = resolveSettings(new OptionValues(parseArguments([docroot, "--port", "0"])));
console.log(startSite(settings, lines).server.addr.port);
