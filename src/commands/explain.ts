import type {Command} from './command.js';

export const command: Command = {
  summary: 'in work',
  options: [],
  example: 'explain',
  run: () => Promise.resolve(2),
};
