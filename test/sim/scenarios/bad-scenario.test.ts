import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { faultOf, scenarioFile, withText } from './scenario-files.ts';

/** What is missing from the fault of the swap with `old` replaced: code, place, words, remedy. */
const flaws = (old: string, text: string, code: string, ...words: string[]): string[] => {
  const { file, line } = withText(old, text);
  const fault = faultOf(file);
  const found =
    fault.code === code && fault.exit === 'usage' ? [] : [`${fault.code}, ${fault.exit}`];
  if (!/scenario\.yaml:\d+:\d+: /u.test(fault.message)) found.push('no place');
  // The place is that of what was written, or of what should hold it.
  if (Math.abs(Number(fault.data['line']) - line) > 1) found.push(`line ${fault.data['line']}`);
  if ((fault.remedy?.length ?? 0) < 10) found.push('no remedy');
  const missing = words.filter((word) => !fault.message.includes(word));
  return [...found, ...missing.map((word) => `no "${word}" in: ${fault.message}`)];
};

describe('a scenario file that cannot be', () => {
  it('is not there, is no YAML, or is nothing', () => {
    expect(faultOf('/nowhere/scenario.yaml').code).toBe('scenario-unreadable');
    const syntax = faultOf(scenarioFile('skein: 1\nname: [\n'));
    expect(syntax.code).toBe('scenario-syntax');
    expect(syntax.message).toMatch(/scenario\.yaml:\d+:\d+: /u);
    expect(faultOf(scenarioFile('')).code).toBe('scenario-field');
  });

  it('has an unknown field, at any depth', () => {
    const field = 'scenario-field';
    expect(flaws('seed: 1', 'sead: 1', field, 'sead is not a field of a scenario')).toEqual([]);
    expect(
      flaws('radio: { base', 'radio: { bass: P1, base', field, 'radio.bass is not a field'),
    ).toEqual([]);
    expect(
      flaws('withinM: 1', 'withinMetres: 1', field, 'success.goalsReached.withinMetres'),
    ).toEqual([]);
    expect(flaws('reserve: 0.2', 'reserves: 0.2', field, 'mission.battery.reserves')).toEqual([]);
    expect(flaws('seed: 1', 'seed: 1\nworld: { forrests: [] }', field, 'world.forrests')).toEqual(
      [],
    );
  });

  it('has an unknown kind of fault, of home or of obstacle', () => {
    const field = 'scenario-field';
    expect(
      flaws(
        'kind: circle, radiusM: 10',
        'kind: heap, radiusM: 10',
        field,
        'fleet.homes.kind is "heap"',
      ),
    ).toEqual([]);
    expect(
      flaws('seed: 1', 'faults: [{ kind: gremlin, atMs: 1 }]\nseed: 1', field, 'faults.0.kind'),
    ).toEqual([]);
    expect(
      flaws(
        'seed: 1',
        'world: { obstacles: [{ kind: pyramid }] }\nseed: 1',
        field,
        'world.obstacles.0',
      ),
    ).toEqual([]);
  });

  it('has a value out of its range, in metres or degrees alike', () => {
    const field = 'scenario-field';
    expect(flaws('count: 10', 'count: 251', field, 'fleet.count is 251', '250')).toEqual([]);
    expect(
      flaws(
        '{ sysid: 1, northM: -10,',
        '{ sysid: 1, northM: far,',
        field,
        'mission.goals.0.northM is "far"',
      ),
    ).toEqual([]);
    expect(flaws('extraDelayMs: 0', 'extraDelayMs: -1', field, 'radio.extraDelayMs is -1')).toEqual(
      [],
    );
  });

  it('is a fleet that is said twice, or not at all', () => {
    const code = 'scenario-fleet-ambiguous';
    expect(flaws('count: 10\n', 'safeParameters: true\n', code)).toEqual([]);
    expect(
      flaws(
        'kind: circle, radiusM: 10 }',
        'kind: circle, radiusM: 10 }\n  vehicles: [{ sysid: 1, homeNorthM: 0, homeEastM: 0 }]',
        'scenario-fleet-ambiguous',
      ),
    ).toEqual([]);
  });
});

describe('a scenario file whose geometry cannot be', () => {
  const homes = '{ kind: circle, radiusM: 10 }';

  it('an obstacle over a home', () => {
    const { file } = withText(
      'seed: 1',
      'seed: 1\nworld: { obstacles: [{ kind: cylinder, northM: 10, eastM: 0, radiusM: 1, heightM: 5 }] }',
    );
    const fault = faultOf(file);
    expect(fault.code).toBe('scenario-home-in-obstacle');
    expect(fault.message).toContain('drone 1 ');
  });

  it('homes nearer than twice the separation, or outside the fence', () => {
    expect(
      flaws(
        homes,
        '{ kind: row, spacingM: 0.4 }',
        'scenario-homes-too-near',
        'drones 1 and 2',
        '0.5 m',
      ),
    ).toEqual([]);
    expect(
      flaws(homes, '{ kind: circle, radiusM: 50 }', 'scenario-home-outside-fence', 'drone 1 '),
    ).toEqual([]);
  });

  it('fewer places than drones', () => {
    expect(
      flaws(
        homes,
        '{ kind: places, placesM: [[0, 0]] }',
        'scenario-homes-miscounted',
        '1 places for 10',
      ),
    ).toEqual([]);
  });

  it('an area or a goal outside the fence', () => {
    expect(
      flaws('[-12, -12],', '[-12, -99],', 'mission-area-outside-fence', 'area: corner 1 lies'),
    ).toEqual([]);
    const { file } = withText(
      '{ sysid: 6, northM: 10, eastM: 0 }',
      '{ sysid: 6, northM: 70, eastM: 0 }',
    );
    expect(faultOf(file).code).toBe('mission-place-outside-fence');
  });

  it('a goal inside an obstacle, of nobody, or on top of another', () => {
    const goal = '{ sysid: 6, northM: 10, eastM: 0 }';
    expect(
      flaws(goal, '{ sysid: 16, northM: 10, eastM: 0 }', 'scenario-goal-of-nobody', 'no drone 16'),
    ).toEqual([]);
    expect(
      flaws(goal, '{ sysid: 6, northM: -10, eastM: 0.1 }', 'scenario-goals-too-near', 'drone 1'),
    ).toEqual([]);
    const { file } = withText(
      'seed: 1',
      'seed: 1\nworld: { obstacles: [{ kind: box, northM: -14, eastM: 0, lengthNorthM: 10, lengthEastM: 2, heightM: 20 }] }',
    );
    // The sixth drone starts from there too.
    expect(faultOf(file).code).toBe('scenario-home-in-obstacle');
    const moved = withText(goal, '{ sysid: 6, northM: 16, eastM: 0 }');
    const mast = '[{ name: mast, northM: 16, eastM: 0, radiusM: 1, heightM: 20 }]';
    const text = readFileSync(moved.file, 'utf8').replace('obstacles: []', `obstacles: ${mast}`);
    expect(faultOf(scenarioFile(text)).message).toContain('drone 6 lies in an obstacle');
  });

  it('a forest too dense to be placed', () => {
    const forest =
      'world: { obstacles: [{ kind: forest, northM: 0, eastM: 0, lengthNorthM: 6, lengthEastM: 6, count: 60, radiusM: 0.3, heightM: 5, minGapM: 1 }] }';
    const { file, line } = withText('seed: 1', `${forest}\nseed: 1`);
    const fault = faultOf(file);
    expect(fault.code).toBe('scenario-forest-too-dense');
    expect(fault.message).toMatch(/:\d+: world\.obstacles\.0: of 60 trees only \d+ found room/u);
    expect(fault.data).toMatchObject({ line, wanted: 60 });
  });

  it('a fault, an order or a mixture for a drone that the fleet has not', () => {
    const code = 'scenario-drone-unknown';
    expect(
      flaws('seed: 1', 'faults: [{ kind: reboot, atMs: 1, sysid: 11 }]\nseed: 1', code, 'drone 11'),
    ).toEqual([]);
    expect(
      flaws(
        'seed: 1',
        'orders: [{ atMs: 1, order: hold, sysids: [12] }]\nseed: 1',
        code,
        'drone 12',
      ),
    ).toEqual([]);
  });

  it('success that nobody can tell', () => {
    const code = 'scenario-success-undecidable';
    expect(flaws('meanTravelS: 9.7', 'targetsFound: 1', code, 'success.targetsFound')).toEqual([]);
    expect(flaws('meanTravelS: 9.7', 'coverage: 0.9', code, 'success.coverage')).toEqual([]);
    expect(flaws('meanTravelS: 9.7', 'withinS: 600', code, 'ends before')).toEqual([]);
  });
});
