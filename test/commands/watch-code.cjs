// Preloaded into the program: writes on stderr whether V8 took the code that it was given for the bundle.
const vm = require('node:vm');
const {Script} = vm;
vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    if (options?.filename?.endsWith('bundle.js')) process.stderr.write(`code rejected: ${this.cachedDataRejected}\n`);
  }
};
