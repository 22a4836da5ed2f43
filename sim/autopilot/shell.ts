import type { Parameters } from './parameters.ts';

const PROMPT = 'pxh> ';
/** A longer line is cut; what nobody fetches in time is lost. */
const LINE_MOST = 128;
const OUTPUT_MOST = 8192;
const BACKSPACES = new Set(['\b', '\u007F']);

export interface ShellFacts {
  /** As `ver` tells it: "1.18.0 (beta)". */
  readonly version: string;
  readonly gitHash: string;
  readonly parameters: Parameters;
}

/**
 * PX4's shell as far as the stand-in has something to tell: `help`, `ver`, `param show NAME`. Everything
 * else is an invalid command, in PX4's words. Characters come in and go out.
 */
export class Shell {
  readonly #facts: ShellFacts;
  #line = '';
  #output = '';
  #open = false;

  constructor(facts: ShellFacts) {
    this.#facts = facts;
  }

  /** Opens it, if need be, and types. */
  type(characters: string): void {
    if (!this.#open) this.#print(PROMPT);
    this.#open = true;
    for (const one of characters) this.#key(one);
  }

  close(): void {
    this.#open = false;
    this.#line = '';
    this.#output = '';
  }

  /** At most so many characters of what has been printed and not been taken yet. */
  take(most: number): string {
    const taken = this.#output.slice(0, most);
    this.#output = this.#output.slice(most);
    return taken;
  }

  #key(one: string): void {
    if (one === '\n') {
      this.#print('\n');
      this.#run(this.#line.trim());
      this.#line = '';
      this.#print(PROMPT);
    } else if (BACKSPACES.has(one)) {
      this.#line = this.#line.slice(0, -1);
    } else if (one >= ' ' && this.#line.length < LINE_MOST) {
      this.#line += one;
      this.#print(one);
    }
  }

  #run(line: string): void {
    const [command, ...args] = line.split(/\s+/u);
    if (command === '') return;
    if (command === 'help') this.#print('Commands:\n  help\n  param\n  ver\n');
    else if (command === 'ver') this.#printVersion();
    else if (command === 'param' && args[0] === 'show') this.#printParameter(args[1] ?? '');
    else this.#print(`Invalid command: ${command}\ntype 'help' for a list of commands\n`);
  }

  #printVersion(): void {
    const { version, gitHash } = this.#facts;
    this.#print(`HW arch: PX4_SITL\nPX4 git-hash: ${gitHash}\nPX4 version: ${version}\n`);
  }

  #printParameter(name: string): void {
    const { parameters } = this.#facts;
    const value = parameters.find(name);
    if (value === undefined) {
      this.#print(`ERROR [param] Parameter ${name} not found\n`);
      return;
    }
    const shown = parameters.typeOf(name) === 'int32' ? String(value) : value.toFixed(4);
    this.#print(`x   ${name} : ${shown}\n`);
  }

  #print(text: string): void {
    if (this.#output.length + text.length <= OUTPUT_MOST) this.#output += text;
  }
}
