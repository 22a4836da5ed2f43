import { setTimeout as sleep } from 'node:timers/promises';

import { createLogUpdate } from 'log-update';

import { EXIT } from '#protocols/fault.ts';
import type { DroneView, SwarmView } from '../station/view.ts';
import { plainText } from '../terminal-text.ts';
import type { Context } from './context.ts';

const age = (drone: DroneView): string =>
  drone.ageS === null ? 'never' : `${drone.ageS.toFixed(1)} s`;

/** The swarm as lines of text: one head line, one table. */
export const statusText = (context: Context, view: SwarmView): string => {
  const { mission } = view;
  const head =
    mission === null
      ? `${view.swarm}: no mission`
      : `${mission.name}${mission.cancelled ? ' (cancelled)' : ''}: ${(mission.searchedFraction * 100).toFixed(1)} % searched, ` +
        `${view.findings.length} found, ${mission.elapsedS.toFixed(0)} s; ordered by ${mission.operator}`;
  const rows = view.drones.map((drone) => [
    `${drone.sysid} ${drone.name}`,
    drone.phase,
    drone.mode,
    drone.ageS === null ? '–' : `${drone.heightM.toFixed(1)} m`,
    drone.ageS === null ? '–' : `${drone.speedMps.toFixed(1)} m/s`,
    drone.ageS === null ? '–' : `${drone.batteryPercent} %`,
    drone.task ?? '–',
    drone.planSource,
    age(drone),
    drone.reason,
  ]);
  const titles = [
    'drone',
    'phase',
    'mode',
    'height',
    'speed',
    'battery',
    'task',
    'plan',
    'heard',
    '',
  ];
  const table = context.output.table(titles, rows);
  return [plainText(head), table, ...troubleLines(view)].join('\n');
};

/** What is wrong and what to do, two lines each. */
export const troubleLines = ({ drones }: SwarmView): string[] =>
  drones.flatMap(({ sysid, name, troubles }) =>
    troubles.map(
      ({ severity, text, remedy }) =>
        `${sysid} ${plainText(name)}: ${severity}: ${text}\n  → ${remedy}`,
    ),
  );

export const fetchView = async (context: Context): Promise<SwarmView> =>
  (await context.station.call('GET', '/state')) as SwarmView;

/** `skein status`: one look. */
export const runStatus = async (context: Context): Promise<number> => {
  const view = await fetchView(context);
  context.output.data(view, () => statusText(context, view));
  return EXIT.ok;
};

/**
 * `skein watch`: a live screen on a terminal, else a block of lines (JSON Lines with --json) every
 * period, until interrupted or, with `count`, that many times.
 */
export const runWatch = async (
  context: Context,
  options: { periodS: number; count?: number },
): Promise<number> => {
  const live = process.stdout.isTTY && !context.output.json;
  const screen = live ? createLogUpdate(process.stdout) : undefined;
  for (let shown = 0; options.count === undefined || shown < options.count; shown += 1) {
    if (shown > 0) await sleep(options.periodS * 1000);
    const view = await fetchView(context);
    if (screen === undefined) context.output.data(view, () => statusText(context, view));
    else screen(statusText(context, view));
  }
  screen?.done();
  return EXIT.ok;
};
