import { AGENT_NAMES, type AgentName, fault } from '../../agents/contracts/index.js';
import { inspectLabelMoves } from '../engine/inspect.js';
import {
  detailOf,
  diffTexts,
  draftVersion,
  entryOf,
  heldLabels,
  labelVersion,
  type PromptFolder,
  type PromptVersion,
  parseReference,
  readPromptFolder,
  releaseVersion,
} from '../engine/prompts/prompt-files.js';
import { type CommandModule, EXIT, type ExitCode } from './command-module.js';
import { type CommonOptions, commonOptions, configOf, parseOptions } from './options.js';
import type { Output } from './output.js';
import { printDetail, printDiff, printEntries } from './prompts.view.js';

/** What every action works on. */
interface Desk {
  readonly dir: string;
  readonly folder: PromptFolder;
  readonly output: Output;
  /** Labels as they hold for the tenant, those that were moved while hosts ran included. */
  labelsOf(name: AgentName): ReturnType<typeof heldLabels>;
  /** The version behind NAME@VERSION or NAME@LABEL. @throws `USAGE`, `PROMPT_NOT_FOUND` */
  find(reference: string): PromptVersion;
}

interface Action {
  /** How it is called. */
  readonly usage: string;
  readonly run: (desk: Desk, args: readonly string[]) => ExitCode;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  list: { usage: 'list', run: list },
  show: { usage: 'show NAME@VERSION', run: show },
  diff: { usage: 'diff NAME@A NAME@B', run: diff },
  verify: { usage: 'verify', run: verify },
  new: { usage: 'new NAME@VERSION', run: draft },
  release: { usage: 'release NAME@VERSION', run: release },
  label: { usage: 'label NAME@VERSION LABEL', run: label },
};
const usageOf = (name: string) => ACTIONS[name]?.usage ?? '';
const LABEL = /^[a-z][a-z0-9_-]{0,31}$/;

/** `triagent prompts`: the prompt book, as files. */
export const promptsCommand: CommandModule = {
  define: (command) => {
    command
      .argument('<action>', Object.keys(ACTIONS).join(', '))
      .argument('[reference]', 'NAME@VERSION, or NAME@LABEL where it is only read')
      .argument('[other]', 'the version to compare with, or the label to move')
      .addHelpText(
        'after',
        `\n${Object.keys(ACTIONS)
          .map((name) => `  triagent prompts ${usageOf(name)}`)
          .join('\n')}`,
      );
    for (const argument of command.registeredArguments.slice(0, 1)) argument.choices(Object.keys(ACTIONS));
    return command;
  },
  async run([name = '', ...args], given, output) {
    const action = ACTIONS[name];
    if (!action || args.length !== action.usage.split(' ').length - 1)
      throw fault('USAGE', { detail: `Say \`triagent prompts ${usageOf(name)}\`.` });
    return action.run(openDesk(parseOptions(commonOptions, given), output), args);
  },
};

function openDesk(options: CommonOptions, output: Output): Desk {
  const config = configOf(options);
  const { dir } = config.prompts;
  const folder = readPromptFolder(dir);
  const moves = inspectLabelMoves(config.data.dir, options.tenant);
  const labelsOf = (name: AgentName) =>
    heldLabels(
      name,
      folder,
      moves.filter((move) => move.name === name),
    );
  return {
    ...{ dir, folder, output, labelsOf },
    find(reference) {
      const { name, wanted } = parseReference(reference);
      const version = labelsOf(name).get(wanted)?.version ?? wanted;
      const found = folder.versions.find((known) => known.name === name && known.version === version);
      if (found) return found;
      // Where its file cannot be used, that is the answer.
      const problem = folder.problems.find(({ detail }) => detail.startsWith(`${name}/${version}.prompt`));
      throw problem ?? fault('PROMPT_NOT_FOUND', { detail: `There is no prompt ${name}@${wanted}.` });
    },
  };
}

function list({ folder, labelsOf, output }: Desk): ExitCode {
  const items = AGENT_NAMES.map((name) => entryOf(name, folder.versions, labelsOf(name)));
  output.data({ items });
  printEntries(output, items);
  for (const { detail } of folder.problems) output.note(detail);
  return EXIT.done;
}

function show({ find, labelsOf, output }: Desk, [reference = '']: readonly string[]): ExitCode {
  const found = find(reference);
  const detail = detailOf(found, labelsOf(found.name));
  output.data(detail);
  printDetail(output, detail);
  return EXIT.done;
}

function diff({ find, output }: Desk, references: readonly string[]): ExitCode {
  const [a, b] = references.map(find);
  if (!a || !b) throw fault('USAGE');
  const of = ({ name, version, state, hash }: PromptVersion) => ({ name, version, state, hash });
  const segments = diffTexts(a.text, b.text);
  output.data({ versions: [of(a), of(b)], segments });
  printDiff(output, [a, b], segments);
  return EXIT.done;
}

function verify({ folder, output }: Desk): ExitCode {
  const { versions, changed, problems } = folder;
  const ok = changed.length === 0 && problems.length === 0;
  output.data({
    ok,
    versions: versions.map(({ name, version, state, hash }) => ({ name, version, state, hash })),
    changed,
    problems: problems.map(({ code, detail }) => ({ code, detail })),
  });
  for (const key of changed) output.print(`changed  ${key} is not what was released`);
  for (const { detail } of problems) output.print(`invalid  ${detail}`);
  const drafts = versions.filter(({ state }) => state === 'draft').length;
  if (ok) output.print(`${versions.length} versions, ${drafts} of them drafts; the others are as released`);
  return ok ? EXIT.done : EXIT.finding;
}

function draft({ dir, output }: Desk, [reference = '']: readonly string[]): ExitCode {
  const { name, wanted: version } = parseReference(reference);
  const path = draftVersion(dir, name, version);
  output.data({ name, version, state: 'draft', path });
  output.print(`${path}: a draft; try it with \`options.prompts\`, then \`triagent prompts release\``);
  return EXIT.done;
}

function release({ dir, output }: Desk, [reference = '']: readonly string[]): ExitCode {
  const { name, wanted } = parseReference(reference);
  const { version, state, hash } = releaseVersion(dir, name, wanted);
  output.data({ name, version, state, hash });
  output.print(`released ${name}@${version} ${hash}`);
  return EXIT.done;
}

function label({ dir, labelsOf, output }: Desk, [reference = '', to = '']: readonly string[]): ExitCode {
  const { name, wanted: version } = parseReference(reference);
  if (!LABEL.test(to))
    throw fault('USAGE', { detail: `“${to}” is no label; say one such as \`production\`.` });
  const held = labelsOf(name).get(to);
  labelVersion(dir, name, version, to);
  output.data({ name, label: to, version, previous: held?.fileVersion ?? null });
  output.print(`${name}: ${to} is ${version}${held?.fileVersion ? `, was ${held.fileVersion}` : ''}`);
  if (held?.move)
    output.note(
      `The store holds ${held.version} for this tenant (${held.by}, ${held.at}), and that beats the file.`,
    );
  return EXIT.done;
}
