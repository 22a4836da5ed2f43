import { setTimeout as sleep } from 'node:timers/promises';

import { EXIT, Fault } from '#protocols/fault.ts';
import { areaNed } from '#protocols/mission/ground.ts';
import { polygonAreaM2 } from '#protocols/polygon.ts';
import { loadMission } from '../mission/load.ts';
import type { SwarmView } from '../station/view.ts';
import type { Context } from './context.ts';
import { fetchView } from './status.ts';

/** `skein mission validate FILE`: says what the file asks for, or what is wrong with it. */
export const runMissionValidate = (context: Context, file: string): number => {
  const mission = loadMission(file);
  const area = areaNed(mission.origin, mission.area);
  const holesM2 = area.holes.reduce((sum, hole) => sum + polygonAreaM2(hole), 0);
  const areaHa = (polygonAreaM2(area.outline) - holesM2) / 10_000;
  const facts = {
    file,
    name: mission.name,
    kind: mission.kind,
    areaHa,
    heightM: mission.heightM,
    valid: true,
  };
  context.output.data(
    facts,
    () =>
      `${file}: valid. ${mission.kind} of ${areaHa.toFixed(1)} ha at ${mission.heightM} m, ` +
      `${mission.minSeparationM} m apart, fence up to ${mission.fence.maxHeightM} m.`,
  );
  return EXIT.ok;
};

/** `skein mission start FILE`: signs the goal and hands it to the swarm. */
export const runMissionStart = async (
  context: Context,
  file: string,
  takeOver: boolean,
): Promise<number> => {
  const mission = loadMission(file);
  const view = await fetchView(context);
  const heard = view.drones.filter((drone) => drone.ageS !== null);
  if (heard.length === 0) {
    throw new Fault('no-drones', 'the station hears no drones', {
      exit: 'noLink',
      remedy: 'Check "skein status"; start the agents, or "skein sim up".',
    });
  }
  const answer = await context.station.call('POST', '/mission', { mission, takeOver });
  context.output.data(answer, () => `${mission.name} started for ${heard.length} drones.`);
  return EXIT.ok;
};

const POLL_MS = 500;

export const progressLine = (view: SwarmView): string => {
  const { mission, tasks } = view;
  if (mission === null) return 'no mission';
  return (
    `${mission.elapsedS.toFixed(0).padStart(4)} s  ${(mission.searchedFraction * 100).toFixed(1).padStart(5)} % searched  ` +
    `${view.findings.length} found  tasks ${tasks.done} done, ${tasks.executing + tasks.claimed} in hand, ${tasks.open} open`
  );
};

/** `skein mission progress [--wait]`: how far the mission is; with wait until all have landed. */
export const runMissionProgress = async (
  context: Context,
  options: { wait: boolean; timeoutS: number },
): Promise<number> => {
  const rounds = Math.ceil((options.timeoutS * 1000) / POLL_MS);
  for (let round = 0; ; round += 1) {
    const view = await fetchView(context);
    const { mission, tasks, findings } = view;
    context.output.data({ mission, tasks, findings: findings.length }, () => progressLine(view));
    if (!options.wait || mission?.complete === true) return EXIT.ok;
    if (round >= rounds) return EXIT.timeout;
    await sleep(POLL_MS);
  }
};
