import { stringify } from 'yaml';
import { CONFIG_FILE } from './config-file.js';
import { listSettings, type Setting } from './settings.js';

const WIDTH = 96;

/** A configuration file with every key explained: defaults stand as they are, keys without one are commented out. */
export function configTemplate(): string {
  let above: readonly string[] = [];
  const lines = listSettings().flatMap((setting) => {
    const parents = setting.path.slice(0, -1);
    const known = parents.findIndex((key, level) => above[level] !== key);
    const opened =
      known < 0 ? [] : parents.slice(known).map((key, offset) => `${pad(known + offset)}${key}:`);
    const spaced = above[0] === setting.path[0] && parents.length > 0 ? [] : [''];
    above = setting.path;
    return [...spaced, ...opened, ...settingLines(setting)];
  });
  return [`# ${CONFIG_FILE}: every key is optional; these are the defaults.`, ...lines, ''].join('\n');
}

function settingLines({ path, description, env, preset, example }: Setting): readonly string[] {
  const indent = pad(path.length - 1);
  const key = path[path.length - 1] ?? '';
  const explained = env === undefined ? description : `${description} Environment: ${env}`;
  const value = stringify(
    { [key]: preset ?? example },
    { flowCollectionPadding: false, collectionStyle: 'flow' },
  );
  const entry = value.trim().replace(/^\{(.*)\}$/s, '$1');
  return [
    ...wrap(explained, WIDTH - indent.length).map((line) => `${indent}# ${line}`),
    preset === undefined ? `${indent}# ${entry}` : `${indent}${entry}`,
  ];
}

const pad = (depth: number): string => '  '.repeat(depth);

function wrap(text: string, width: number): readonly string[] {
  const lines = text.match(new RegExp(`\\S.{0,${width - 1}}(?=\\s|$)`, 'g'));
  return lines ?? [];
}
