import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type CommandModule, EXIT } from './command-module.js';
import { withDesk } from './desk.js';
import { commonOptions, parseOptions, urlOption, withUrlOption } from './options.js';
import { qualityLines } from './quality.view.js';

const qualityOptions = commonOptions.extend({ url: urlOption, svg: z.string().min(1).optional() });

/** `triagent quality`: how often people agreed, and how many tickets could be routed without them. */
export const qualityCommand: CommandModule = {
  define: (command) =>
    withUrlOption(command).option('--svg <file>', 'draw the risk–coverage curves into a file'),
  async run(_, given, output) {
    const options = parseOptions(qualityOptions, given);
    const { svg } = options;
    const quality = await withDesk(options, output, async (desk) => {
      if (svg !== undefined) await writeFile(svg, await desk.qualityPicture());
      return desk.quality();
    });
    if (svg !== undefined) output.note(`drawn into ${svg}`);
    output.data(quality);
    for (const line of qualityLines(quality)) output.print(line);
    return EXIT.done;
  },
};
