import { describe, expect, it } from 'vitest';

import { AREA, faultOf, flaws, GOOD, missionFile, withLine } from './mission-files.ts';

const ring = (corners: [number, number][]): string =>
  JSON.stringify({ type: 'Polygon', coordinates: [[...corners, corners[0]]] });

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
