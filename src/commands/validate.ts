import type {Problem} from '../config/problem.js';
import {isJsonObject} from '../config/schema/values.js';
import {configError} from '../errors.js';
import {type Command, flagOption, type Host, type Invocation, textOption} from './command.js';
import {canonicalText} from './people/canonical-text.js';
import {CollectedLog} from './people/collected-log.js';
import {furtherProblems} from './people/further-problems.js';
import {givenSecrets} from './people/given-secrets.js';
import {lineDiff} from './people/line-diff.js';
import {compileOpened, type Opened, openConfig, readText} from './people/open-config.js';
import {type Checked, located, problemCommands, problemJson, problemText} from './people/problem-list.js';
import {openScreen, type Screen} from './people/screen.js';
import {replaceFile} from './replace-file.js';

export const command: Command = {
  summary: 'say what is wrong with a configuration, without a request',
  arguments: '[file]',
  options: [
    {flags: '--config <file>', text: 'the configuration, JSON or YAML (default: the only one here)'},
    {flags: '--fix', text: "write what is in another dialect's words in the language's own; comments stay"},
    {flags: '--diff', text: 'with --fix: show the changes, write nothing'},
    {flags: '--strict', text: 'warnings fail too'},
    {flags: '--format <format>', text: 'text (default), json, or github: annotations of a workflow'},
    {flags: '--json', text: 'the same as --format json'},
    {flags: '--quiet', text: 'print errors and warnings only'},
  ],
  example: 'validate acme.yaml',
  run: validate,
};

const formats = {text: problemText, json: problemJson, github: problemCommands} as const;

async function validate(invocation: Invocation, host: Host): Promise<number> {
  const screen = openScreen(invocation, host);
  const format = formatOf(invocation);
  const diff = flagOption(invocation, 'diff');
  if (diff && !flagOption(invocation, 'fix')) throw configError('--diff shows what --fix would write: give both');
  let opened = await openConfig(invocation.args[0] ?? textOption(invocation, 'config'), host);
  if (flagOption(invocation, 'fix')) opened = await fix(opened, {diff, talks: format === 'text'}, screen, host);
  const checked = check(opened, host, screen.quiet);
  const text = formats[format](checked);
  if (text !== '') await (format === 'json' ? screen.json(text) : screen.print(text));
  const fails = (level: Problem['level']) => checked.problems.some((problem) => problem.level === level);
  return fails('error') || (flagOption(invocation, 'strict') && fails('warning')) ? 2 : 0;
}

function formatOf(invocation: Invocation): keyof typeof formats {
  const format = flagOption(invocation, 'json') ? 'json' : (textOption(invocation, 'format') ?? 'text');
  if (format === 'text' || format === 'json' || format === 'github') return format;
  throw configError(`--format ${format}: must be text, json or github`);
}

/** Everything that the document alone shows. */
function check(opened: Opened, host: Host, quiet: boolean): Checked {
  const {read, file, warnings} = opened;
  const log = new CollectedLog();
  const compiled =
    read.config === undefined
      ? furtherProblems(opened, host)
      : compileOpened(opened, read.config, host, {log}).problems;
  const problems = [...read.problems, ...compiled, ...givenSecrets(opened)];
  for (const message of warnings) problems.push({level: 'warning', path: [], message});
  const shown = quiet ? problems.filter(({level}) => level !== 'info') : problems;
  const {value} = read.document;
  const resources = isJsonObject(value) && Array.isArray(value['resources']) ? value['resources'].length : 0;
  return {
    file,
    problems: located(shown, read.document),
    resources: read.config?.resources.length ?? resources,
  };
}

/** The configuration as it reads afterwards. */
async function fix(
  opened: Opened,
  {diff, talks}: {readonly diff: boolean; readonly talks: boolean},
  screen: Screen,
  host: Host,
): Promise<Opened> {
  const text = canonicalText(opened.text, opened.file);
  if (text === opened.text) return opened;
  if (diff) {
    if (talks) await screen.print(lineDiff(opened.text, text, opened.file));
    return opened;
  }
  await replaceFile(opened.file, text);
  if (talks && !screen.quiet) await screen.print(`${opened.file} is written in the language's own words`);
  return {...opened, text, read: readText(text, opened, host)};
}
