import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { runMissionValidate } from '#coordinator/commands/mission.ts';
import { EXIT } from '#protocols/fault.ts';
import { noStation, runSkein, testContext } from '../run-skein.ts';
import { faultOf, flaws, missionFile, withLine } from './mission-files.ts';

describe('a mission file that is right', () => {
  it.each(['missions/search-irchel.yaml', 'missions/search-irchel-corner.yaml'])(
    '%s is valid, and validate says what it asks for',
    (file) => {
      const { context, said } = testContext(noStation);
      expect(runMissionValidate(context, file)).toBe(EXIT.ok);
      expect(said.stdout).toMatch(/valid\. search of \d+\.\d ha at 20 m, 4 m apart/u);
    },
  );
});

describe('a mission file whose text is wrong', () => {
  it('that does not exist: the file is named', () => {
    expect(flaws('/no/such/mission.yaml', 'mission-unreadable', '/no/such/mission.yaml')).toEqual(
      [],
    );
    const fault = faultOf('/no/such/mission.yaml');
    expect(fault.data).toMatchObject({ file: '/no/such/mission.yaml' });
  });

  it('with a YAML syntax error: line and column', () => {
    const { file, line } = withLine('cruiseSpeedMps', 'cruiseSpeedMps: [8');
    expect(flaws(file, 'mission-syntax', `${file}:`)).toEqual([]);
    const fault = faultOf(file);
    expect(fault.data['line']).toBeGreaterThanOrEqual(line);
  });

  it('with one key twice: a syntax error at that line', () => {
    const { file, line } = withLine('obstacles:', 'heightM: 30\nobstacles:');
    const lines = readFileSync(file, 'utf8').split('\n');
    const second = lines.lastIndexOf('heightM: 20') + 1;
    expect(second).toBeGreaterThan(line);
    expect(flaws(file, 'mission-syntax', `${file}:${second}:`)).toEqual([]);
  });

  it('that is empty, or no mapping at all', () => {
    expect(flaws(missionFile({ mission: '' }), 'mission-field', '(document)')).toEqual([]);
    expect(flaws(missionFile({ mission: '- 1\n- 2\n' }), 'mission-field', '(document)')).toEqual(
      [],
    );
    expect(flaws(missionFile({ mission: 'just words' }), 'mission-field', '(document)')).toEqual(
      [],
    );
  });

  it('with an alias bomb: refused, not unfolded', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]']
      .concat(
        [...'bcdefgh'].map(
          (name, index) =>
            `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index]}`).join(',')}]`,
        ),
      )
      .join('\n');
    expect(flaws(missionFile({ mission: bomb }), 'mission-syntax')).toEqual([]);
  });
});

describe('a mission file with a wrong field', () => {
  it('misspelt: the name as it was written, and what is missing instead', () => {
    const { file, line } = withLine('cruiseSpeedMps', 'cruiseSpeed: 8');
    expect(
      flaws(file, 'mission-field', `${file}:${line}:1: cruiseSpeed is not a field of a mission`),
    ).toEqual([]);
    const fault = faultOf(file);
    expect(fault.remedy).toBe('Remove it or correct its spelling: cruiseSpeedMps is missing.');
  });

  it('unknown beside all known ones: exactly that field at its line', () => {
    const { file, line } = withLine('cruiseSpeedMps', 'cruiseSpeedMps: 8\nfastMode: true');
    expect(
      flaws(file, 'mission-field', `${file}:${line + 1}:1: fastMode is not a field of a mission`),
    ).toEqual([]);
    const fault = faultOf(file);
    expect(fault.data).toMatchObject({ file, line: line + 1, field: 'fastMode' });
    expect(fault.remedy).toContain('spelling');
  });

  it('unknown inside a block: the whole path', () => {
    const { file, line } = withLine('cellM', '  cellM: 25\n  cellSize: 3');
    expect(
      flaws(file, 'mission-field', `${file}:${line + 1}:3: search.cellSize is not a field`),
    ).toEqual([]);
  });

  it('of the wrong type: the value is shown', () => {
    const { file, line } = withLine('heightM: 20', 'heightM: twenty');
    expect(flaws(file, 'mission-field', `${file}:${line}:`, 'heightM is "twenty"')).toEqual([]);
    const fault = faultOf(file);
    expect(fault.data).toMatchObject({ field: 'heightM', value: '"twenty"' });
  });

  it('not a number at all: .nan and .inf are refused', () => {
    for (const value of ['.nan', '.inf', '-.inf']) {
      expect(
        flaws(withLine('heightM: 20', `heightM: ${value}`).file, 'mission-field', 'heightM'),
      ).toEqual([]);
    }
  });

  it('out of range: the limit is named', () => {
    const { file, line } = withLine('minSeparationM', 'minSeparationM: 0');
    expect(flaws(file, 'mission-field', `${file}:${line}:`, 'minSeparationM is 0', '0.2')).toEqual(
      [],
    );
  });

  it('deep in a list: its place in the list', () => {
    const { file, line } = withLine(
      '- { name: mast',
      '  - { name: mast, latDeg: 147, lonDeg: 8.5, radiusM: 3, heightM: 40 }',
    );
    expect(
      flaws(file, 'mission-field', `${file}:${line}:`, 'obstacles.0.latDeg is 147', '90'),
    ).toEqual([]);
  });

  it('missing: what should hold it is named', () => {
    expect(
      flaws(withLine('timeLimitS', '').file, 'mission-field', 'timeLimitS is nothing'),
    ).toEqual([]);
  });

  it('a very long value is cut, so that the message stays readable', () => {
    const { file } = withLine('name: search', `name: ${'x'.repeat(5000)}`);
    expect(faultOf(file).message.length).toBeLessThan(file.length + 250);
  });
});

describe('skein mission validate, the real command', () => {
  it('exits 2 and says file, line, column, field and remedy on stderr, nothing on stdout', async () => {
    const { file, line } = withLine('cruiseSpeedMps', 'cruiseSpeedMps: 8\nfastMode: true');
    const { code, stdout, stderr } = await runSkein('mission', 'validate', file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `error ${file}:${line + 1}:1: fastMode is not a field of a mission\n` +
        '  Remove it or correct its spelling.\n',
    );
  });

  it('says the same for programs with --json', async () => {
    const { file, line } = withLine('heightM: 20', 'heightM: 75');
    const { code, stderr } = await runSkein('--json', 'mission', 'validate', file);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      error: {
        code: 'mission-height-unreachable',
        data: { file, line, field: 'heightM', value: 75 },
        remedy: expect.stringContaining('fence.maxHeightM 60'),
        exit: 2,
      },
    });
  });
});
