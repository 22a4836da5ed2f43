import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { runMissionValidate } from '#coordinator/commands/mission.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { EXIT, Fault } from '#protocols/fault.ts';
import { noStation, runSkein, testContext } from '../run-skein.ts';

const GOOD = readFileSync('missions/search-irchel.yaml', 'utf8');
const AREA = readFileSync('missions/irchel-area.geojson', 'utf8');
const FENCE = readFileSync('missions/irchel-fence.geojson', 'utf8');

interface Files {
  mission?: string;
  area?: string;
  fence?: string;
}

/** A copy of the shipped mission in a directory of its own, with what a test spoils. */
const missionFile = ({ mission = GOOD, area = AREA, fence = FENCE }: Files): string => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-mission-'));
  writeFileSync(join(directory, 'irchel-area.geojson'), area);
  writeFileSync(join(directory, 'irchel-fence.geojson'), fence);
  const file = join(directory, 'mission.yaml');
  writeFileSync(file, mission);
  return file;
};

/** The shipped mission with one line replaced, and where that line stands. */
const withLine = (before: string, after: string): { file: string; line: number } => {
  const lines = GOOD.split('\n');
  const at = lines.findIndex((line) => line.trimStart().startsWith(before));
  if (at < 0) throw new Error(`no line of the mission starts with ${before}`);
  lines[at] = after;
  return { file: missionFile({ mission: lines.join('\n') }), line: at + 1 };
};

const ring = (corners: [number, number][]): string =>
  JSON.stringify({ type: 'Polygon', coordinates: [[...corners, corners[0]]] });

const faultOf = (file: string): Fault => {
  try {
    loadMission(file);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`${file} was accepted`);
};

/** What is wrong with a refusal: it must be a usage fault of this code, with a remedy and these words. */
const flaws = (file: string, code: string, ...words: string[]): string[] => {
  const fault = faultOf(file);
  return [
    ...(fault.code === code ? [] : [`its code is ${fault.code}: ${fault.message}`]),
    ...(fault.exit === 'usage' ? [] : [`it exits as ${fault.exit}`]),
    ...((fault.remedy ?? '').length > 10 ? [] : ['it has no remedy']),
    ...words
      .filter((word) => !fault.message.includes(word))
      .map((word) => `no "${word}" in: ${fault.message}`),
  ];
};

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
    expect(flaws(file, 'mission-field', `${file}:${line}:`, 'minSeparationM is 0', '0.5')).toEqual(
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

describe('a mission file whose geometry is wrong', () => {
  it('names a GeoJSON file that is not there', () => {
    const { file } = withLine('area:', 'area: nowhere.geojson');
    expect(flaws(file, 'mission-unreadable', 'nowhere.geojson: cannot be read')).toEqual([]);
  });

  it.each([
    ['no JSON', 'this is a KML, is it not?', 'it is not JSON'],
    ['JSON of nothing', 'null', 'no single Polygon'],
    ['a point', '{"type":"Point","coordinates":[8.5,47.4]}', 'no single Polygon'],
    ['no ring', '{"type":"Polygon","coordinates":[]}', 'no single Polygon'],
    ['text for numbers', '{"type":"Polygon","coordinates":[[["a","b"]]]}', 'no single Polygon'],
    [
      'latitude first',
      ring([
        [47.4, 98.5],
        [47.4, 98.6],
        [47.5, 98.6],
      ]),
      'no single Polygon',
    ],
    [
      'two features',
      JSON.stringify({
        type: 'FeatureCollection',
        features: [JSON.parse(AREA).features[0], JSON.parse(AREA).features[0]],
      }),
      'no single Polygon',
    ],
  ])('GeoJSON that is %s: the file and what is wrong', (_what, area, why) => {
    const file = missionFile({ area });
    expect(flaws(file, 'geojson-invalid', 'irchel-area.geojson: ', why)).toEqual([]);
    const fault = faultOf(file);
    expect(fault.remedy).toContain('longitude before latitude');
  });

  it('an area that crosses itself: which edges meet', () => {
    const area = ring([
      [8.5445, 47.3985],
      [8.547, 47.4],
      [8.547, 47.3985],
      [8.5445, 47.4],
    ]);
    expect(
      flaws(
        missionFile({ area }),
        'mission-self-crossing',
        'area: ring 1 crosses itself: its edge 1 meets its edge 3',
      ),
    ).toEqual([]);
    const fault = faultOf(missionFile({ area }));
    expect(fault.data).toMatchObject({ field: 'area', ring: 1, edgeA: 1, edgeB: 3, line: 7 });
  });

  it('a fence that crosses itself', () => {
    const fence = ring([
      [8.54, 47.39],
      [8.55, 47.41],
      [8.55, 47.39],
      [8.54, 47.41],
    ]);
    expect(
      flaws(missionFile({ fence }), 'mission-self-crossing', 'fence.polygon: ring 1 crosses'),
    ).toEqual([]);
  });

  it('a ring that is not closed: where it ends', () => {
    const area =
      '{"type":"Polygon","coordinates":[[[8.5445,47.3985],[8.547,47.3985],[8.547,47.4],[8.5445,47.4]]]}';
    expect(
      flaws(missionFile({ area }), 'mission-ring-open', 'ring 1 is not closed', '8.5445, 47.4'),
    ).toEqual([]);
  });

  it('a ring without ground', () => {
    const area = ring([
      [8.545, 47.399],
      [8.545, 47.399],
      [8.545, 47.399],
    ]);
    expect(flaws(missionFile({ area }), 'mission-ring-empty', 'encloses no ground')).toEqual([]);
  });

  it('a hole outside its outline', () => {
    const area = JSON.stringify({
      type: 'Polygon',
      coordinates: [
        [
          [8.5445, 47.3985],
          [8.547, 47.3985],
          [8.547, 47.4],
          [8.5445, 47.4],
          [8.5445, 47.3985],
        ],
        [
          [8.5475, 47.3985],
          [8.5478, 47.3985],
          [8.5478, 47.399],
          [8.5475, 47.3985],
        ],
      ],
    });
    expect(
      flaws(missionFile({ area }), 'mission-hole-outside', 'hole 1 does not lie inside'),
    ).toEqual([]);
  });

  it('an area outside the fence: which corner, by how much', () => {
    const area = ring([
      [8.5445, 47.3985],
      [8.56, 47.3985],
      [8.547, 47.4],
    ]);
    expect(
      flaws(
        missionFile({ area }),
        'mission-area-outside-fence',
        'area: corner 2 lies ',
        'm outside the fence',
      ),
    ).toEqual([]);
    const fault = faultOf(missionFile({ area }));
    expect(fault.data).toMatchObject({ corner: 2 });
    expect(fault.remedy).toContain('Widen fence.polygon');
  });

  it('an area whose corners lie inside the fence but whose edge does not', () => {
    // A fence with a notch from the east.
    const fence = ring([
      [8.543, 47.397],
      [8.549, 47.397],
      [8.549, 47.3985],
      [8.545, 47.399],
      [8.549, 47.3995],
      [8.549, 47.401],
      [8.543, 47.401],
    ]);
    const area = ring([
      [8.5475, 47.3975],
      [8.548, 47.3975],
      [8.548, 47.4005],
      [8.5475, 47.4005],
    ]);
    expect(
      flaws(missionFile({ area, fence }), 'mission-area-outside-fence', 'its outline crosses'),
    ).toEqual([]);
  });

  it('an origin or a rally point outside the fence', () => {
    const origin = withLine(
      'origin:',
      'origin: { latDeg: 47.41, lonDeg: 8.545594, altAmslM: 488 }',
    );
    expect(flaws(origin.file, 'mission-origin-outside-fence')).toEqual([]);
    const rally = withLine('- { latDeg: 47.397607', '  - { latDeg: 47.39, lonDeg: 8.5459253 }');
    expect(flaws(rally.file, 'mission-place-outside-fence', 'rally point')).toEqual([]);
  });

  it.each([
    ['heightM: 20', 'heightM: 75', 'heightM: 75 m cannot be reached'],
    ['takeoff:', 'takeoff: { heightM: 60, intervalS: 3 }', 'takeoff.heightM: 60 m'],
    ['rtl:', 'rtl: { baseHeightM: 90, layerM: 5 }', 'rtl.baseHeightM: 90 m'],
  ])('a height that the fence forbids (%s)', (before, after, words) => {
    const { file, line } = withLine(before, after);
    expect(flaws(file, 'mission-height-unreachable', `${file}:${line}:`, words)).toEqual([]);
    const fault = faultOf(file);
    expect(fault.remedy).toBe(
      'Choose a height between fence.minHeightM -3 and fence.maxHeightM 60.',
    );
  });

  it('a search without its block, a goto without waypoints', () => {
    const lines = GOOD.split('\n');
    const from = lines.indexOf('search:');
    const rest = lines.findIndex((line, index) => index > from && !line.startsWith(' '));
    const without = [...lines.slice(0, from), ...lines.slice(rest)].join('\n');
    expect(
      flaws(missionFile({ mission: without }), 'mission-search-missing', 'kind search'),
    ).toEqual([]);
    const goto = without.replace('kind: search', 'kind: goto');
    expect(flaws(missionFile({ mission: goto }), 'mission-waypoints-missing', 'kind goto')).toEqual(
      [],
    );
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
