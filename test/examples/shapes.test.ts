// Shapes of further APIs, in one file for vitest: each of its own would load the program once more.
import './shapes/answers.js';
import './shapes/links.js';
import './shapes/more-links.js';
import './shapes/pages.js';
import './shapes/tokens.js';
