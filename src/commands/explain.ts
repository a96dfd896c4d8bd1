import {basename} from 'node:path';
import {blockText} from '../config/block-text.js';
import type {Config} from '../config/config.js';
import {didYouMean} from '../did-you-mean.js';
import {configError} from '../errors.js';
import {printPretty} from '../json/pretty.js';
import {type Command, flagOption, type Host, type Invocation, textOption} from './command.js';
import {CollectedLog} from './people/collected-log.js';
import {withConfigArgument} from './people/config-argument.js';
import {curl} from './people/curl.js';
import {dltDifferences} from './people/dlt-differences.js';
import {type Explained, explainText} from './people/explain-text.js';
import {firstRequest} from './people/first-request.js';
import {originOf} from './people/given-secrets.js';
import {compileOpened, invalid, type Opened, openConfig, usable} from './people/open-config.js';
import {resolvedDocument} from './people/resolved-document.js';
import {openScreen, type Screen} from './people/screen.js';
import {withSince} from './people/since.js';

export const command: Command = {
  summary: 'say what a resource asks and does, without a request',
  arguments: '[resource...]',
  options: [
    {flags: '--config <file>', text: 'the configuration, JSON or YAML (default: the only one here)'},
    {flags: '--since <value>', text: 'start here, in place of initial_value'},
    {flags: '--yaml', text: 'the whole document with defaults; secrets are masked'},
    {flags: '--json', text: 'the same as JSON'},
    {flags: '--dlt', text: "what is different from dlt's rest_api"},
    {flags: '--curl', text: 'the first request as a curl command'},
    {flags: '--quiet', text: 'print errors only'},
  ],
  example: 'explain orders --config acme.yaml',
  run: explain,
};

async function explain(given: Invocation, host: Host): Promise<number> {
  const invocation = await withConfigArgument(given);
  const screen = openScreen(invocation, host);
  const opened = await openConfig(textOption(invocation, 'config'), host);
  const written = usable(opened);
  const [name, ...more] = invocation.args;
  if (more.length > 0) throw configError(`explain takes one resource, not ${invocation.args.join(' and ')}`);
  const known = written.resources.map((resource) => resource.name);
  if (name !== undefined && !known.includes(name)) {
    throw configError(`there is no resource ${name}${didYouMean(name, known)}; there are ${known.join(', ')}`);
  }
  const since = textOption(invocation, 'since');
  const config = since === undefined ? written : withSince(written, name === undefined ? known : [name], since);
  const log = new CollectedLog();
  const {plans, problems} = compileOpened(opened, config, host, {log});
  if (problems.some(({level}) => level === 'error')) throw invalid(opened, problems);
  if (screen.quiet) return 0;
  if (flagOption(invocation, 'yaml') || flagOption(invocation, 'json')) {
    const document = resolvedDocument(config, name, (text) => host.secrets.redact(text));
    await screen.print(flagOption(invocation, 'json') ? printPretty(document) : blockText(document));
    return 0;
  }
  const blocks: string[] = [];
  for (const resource of config.resources.filter((one) => name === undefined || one.name === name)) {
    const plan = plans.get(resource.name);
    if (plan === undefined) continue;
    const first = await firstRequest(plan, config, host);
    const explained: Explained = {
      resource,
      plan,
      config,
      first,
      place: placeIn(opened, resource.place),
      children: [...plans.values()].filter(({parent}) => parent?.plan.name === plan.name).map((child) => child.name),
      originOf: (placeholder) => origin(placeholder, opened),
    };
    if (flagOption(invocation, 'curl')) blocks.push(curlText(explained, opened));
    else if (flagOption(invocation, 'dlt')) {
      blocks.push([resource.name, ...dltDifferences(resource, plan, config).map((text) => `  ${text}`)].join('\n'));
    } else blocks.push(explainText(explained));
  }
  const isText = !flagOption(invocation, 'curl') && !flagOption(invocation, 'dlt');
  if (isText) blocks.unshift(...opened.warnings.map((warning) => ` ! ${warning}`));
  await printBlocks(blocks, screen);
  return 0;
}

const printBlocks = (blocks: readonly string[], screen: Screen): Promise<void> => screen.print(blocks.join('\n\n'));

function placeIn({file, read}: Opened, path: Config['resources'][number]['place']): string {
  const place = read.document.locate(path);
  return place === undefined ? basename(file) : `${basename(file)}:${place.line}`;
}

function origin(placeholder: string, opened: Opened): string | undefined {
  const [, secret, variable] = /^(?:\{secrets\.([^{}|]+)\}|\$\{([A-Z0-9_]+)\})$/.exec(placeholder) ?? [];
  return originOf(secret ?? variable ?? '', secret !== undefined, opened);
}

function curlText({first, resource}: Explained, {read}: Opened): string {
  if ('because' in first) return `# ${resource.name}: ${first.because}`;
  return first.readable(curl(first.spec, resource.endpoint?.auth ?? [], read.secretValues));
}
