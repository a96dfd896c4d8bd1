import type {Command} from './command.js';

export const command: Command = {
  summary: 'in work',
  options: [],
  example: 'try',
  run: () => Promise.resolve(2),
};
