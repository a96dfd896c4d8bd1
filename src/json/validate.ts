import {compileScan} from './scan.js';

/** Throws JsonSyntaxError where bytes are no strict JSON. Like every scan it makes blanks of the line breaks between tokens. */
export const validate = compileScan({records: undefined, fields: [], facts: []});
