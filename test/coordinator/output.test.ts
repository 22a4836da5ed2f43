import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import { createOutput, faultText } from '#coordinator/output.ts';
import { Fault } from '#protocols/fault.ts';

const capture = (json: boolean) => {
  const said = { stdout: '', stderr: '' };
  const output = createOutput(
    json,
    (text) => (said.stdout += text),
    (text) => (said.stderr += text),
  );
  return { output, said };
};

describe('what a command prints', () => {
  it('for people: text on stdout, messages on stderr', () => {
    const { output, said } = capture(false);
    output.data({ found: 3 }, () => 'three found');
    output.say('looking …');
    expect(said).toEqual({ stdout: 'three found\n', stderr: 'looking …\n' });
  });

  it('for programs: one JSON line on stdout, silence on stderr', () => {
    const { output, said } = capture(true);
    output.data({ found: 3, text: 'a\nb' }, () => 'three found');
    output.say('looking …');
    expect(said).toEqual({ stdout: '{"found":3,"text":"a\\nb"}\n', stderr: '' });
  });

  it('how a long work gets on: a line for people, a JSON line for programs, both on stderr', () => {
    for (const json of [false, true]) {
      const { output, said } = capture(json);
      output.progress({ done: 3 }, () => 'three done');
      expect(said).toEqual({ stdout: '', stderr: json ? '{"done":3}\n' : 'three done\n' });
    }
  });

  it('a table without borders, so that it pastes well', () => {
    const { output } = capture(false);
    const lines = output.table(['drone', 'phase'], [['1 alder', 'offboard']]).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^1 alder {2}offboard *$/u);
    expect(lines.join('')).not.toMatch(/[│─┌┐|+]/u);
  });
});

describe('words of a vehicle, a log or a file', () => {
  /** Sets the title, clears the screen, the same with C1 codes, DEL, writes backwards. */
  const HOSTILE = '\u001B]0;x\u0007\u001B[2J\u009B2J\u007F\u202Eok\r';
  const OBEYED = /(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u;

  it('reach no terminal as orders: in text, messages, tables and faults', () => {
    const { output, said } = capture(false);
    output.data({}, () => `one\ttwo\n${HOSTILE}`);
    output.say(HOSTILE);
    output.data({}, () => output.table(['drone'], [[`\u001B[8m${HOSTILE}`]]));
    const fault = new Fault('bad', HOSTILE, { remedy: HOSTILE, data: { value: HOSTILE } });
    const shown = said.stdout + said.stderr + faultText(fault, false);
    expect(stripVTControlCharacters(shown)).not.toMatch(OBEYED);
    expect(shown).not.toContain('\u001B[8m');
    expect(said.stdout).toContain('one\ttwo\n');
  });

  it('stay whole for programs, escaped', () => {
    const { output, said } = capture(true);
    output.data({ text: HOSTILE }, () => '');
    expect(said.stdout.trimEnd()).not.toMatch(OBEYED);
    expect(JSON.parse(said.stdout)).toEqual({ text: HOSTILE });
    const json = faultText(new Fault('bad', HOSTILE), true);
    expect(json.trimEnd()).not.toMatch(OBEYED);
    expect(JSON.parse(json)).toMatchObject({ error: { message: HOSTILE } });
  });
});

describe('how a fault is shown', () => {
  const fault = new Fault('port-in-use', 'port 8080 is taken', {
    exit: 'usage',
    data: { port: 8080 },
    remedy: 'Choose another.',
  });

  it('to people: what is wrong, then what to do', () => {
    expect(stripVTControlCharacters(faultText(fault, false))).toBe(
      'error port 8080 is taken\n  Choose another.\n',
    );
  });

  it('to programs: code, data, remedy and exit code', () => {
    expect(JSON.parse(faultText(fault, true))).toEqual({
      error: {
        code: 'port-in-use',
        message: 'port 8080 is taken',
        data: { port: 8080 },
        remedy: 'Choose another.',
        exit: 2,
      },
    });
  });
});
