import { areaNed, type AreaNed } from '#protocols/mission/ground.ts';
import type { TraceData } from '#sim/episode/episode-trace.ts';
import type { JudgedEpisode, JudgedOptions, Verdict } from '#sim/episode/judged-episode.ts';
import { endOf, faultInWords, type Fault } from '#sim/faults/fault.ts';
import type { Happening, ReplayData, Trouble } from './replay-data.ts';

/** All that happened in an episode that was flown to its verdict, in order of time. */
export const happeningsOf = (
  { episode }: JudgedEpisode,
  { faults, orders = [] }: JudgedOptions,
  { violations, simulatedMs }: Verdict,
): Happening[] =>
  [
    ...faults.map((fault): Happening => ({
      atMs: fault.atMs,
      kind: 'fault',
      text: `fault: ${withoutTime(fault)}`,
      sysids: sysidsOf(fault),
    })),
    ...orders.map((given): Happening => ({
      atMs: given.atMs,
      kind: 'operator',
      text:
        given.order === 'goal'
          ? 'the operator gives a newer goal'
          : `the operator orders ${given.order}`,
      sysids: given.order === 'goal' ? [] : given.sysids,
    })),
    ...episode.truth().vehicles.flatMap(({ sysid, modes }) =>
      modes.map(({ timeMs, mode, armed, failsafe }): Happening => ({
        atMs: timeMs,
        kind: 'mode',
        text: `drone ${sysid}: ${mode}${armed ? ', armed' : ''}${failsafe ? ', failsafe' : ''}`,
        sysids: [sysid],
      })),
    ),
    ...episode.operator.heard.map(({ atMs, received }): Happening => {
      if (received.topic !== 'taskReport') {
        const { author } = received;
        return { atMs, kind: 'finding', text: `drone ${author} found something`, sysids: [author] };
      }
      const { owner, state, task } = received.payload;
      return { atMs, kind: 'task', text: `drone ${owner} ${state} ${task}`, sysids: [owner] };
    }),
    ...violations.map(({ atMs, invariant, drones, detail }): Happening => ({
      atMs,
      kind: 'violation',
      text: `VIOLATION of ${invariant} by ${drones.join(' and ')}: ${detail}`,
      sysids: drones,
    })),
  ]
    .filter(({ atMs }) => atMs <= simulatedMs)
    .sort((a, b) => a.atMs - b.atMs);

const withoutTime = (fault: Fault): string => faultInWords(fault).replace(/^\S+ s /u, '');

const sysidsOf = (fault: Fault): number[] => ('sysid' in fault ? [fault.sysid] : []);

const troubleOf = (fault: Fault): Trouble => ({
  atMs: fault.atMs,
  endMs: endOf(fault),
  text: withoutTime(fault),
  ...('northM' in fault && 'radiusM' in fault ? { place: fault } : {}),
});

/** What a replay's page shows of an episode that was flown to its verdict. */
export const replayDataOf = (
  options: JudgedOptions,
  verdict: Verdict,
  { trace, happenings, command }: { trace: TraceData; happenings: Happening[]; command: string },
): ReplayData => {
  const { mission, scenario, faults, seed } = options;
  const area: AreaNed = areaNed(mission.origin, mission.area);
  return {
    title: `${mission.name}, ${scenario.vehicles.length} drones, seed ${seed}`,
    seed,
    command,
    digest: verdict.digest,
    endMs: verdict.simulatedMs,
    fence: scenario.fence?.polygon ?? [],
    ceilingM: scenario.fence?.maxHeightM ?? mission.fence.maxHeightM,
    area: [[...area.outline], ...area.holes.map((hole) => [...hole])],
    obstacles: scenario.obstacles.map((one) =>
      one.kind === 'cylinder'
        ? one
        : { ...one, northSideM: one.lengthNorthM, eastSideM: one.lengthEastM },
    ),
    targets: scenario.targets,
    homes: scenario.vehicles.map(({ sysid, homeNorthM, homeEastM }) => ({
      sysid,
      northM: homeNorthM,
      eastM: homeEastM,
    })),
    trace,
    troubles: faults.filter(({ atMs }) => atMs <= verdict.simulatedMs).map(troubleOf),
    happenings,
  };
};
