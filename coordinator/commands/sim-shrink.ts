import { join } from 'node:path';

import { EXIT, Fault } from '#protocols/fault.ts';
import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import { Planners } from '#sim/fuzz/planners.ts';
import { shrinkSeed } from '#sim/fuzz/shrink-seed.ts';
import type { Output } from '../output.ts';
import { makeReportFolder, writeReport } from '../report/run-directory.ts';
import type { Context } from './context.ts';

interface ShrinkOptions {
  seed: number;
  settings: FuzzSettings;
  /** Undefined: the first that the seed violates. */
  invariant: string | undefined;
  /** Folder of the scenario file. */
  out: string;
}

/**
 * `skein sim shrink`: reduces a seed that violates an invariant to the least that still does, and writes
 * it as a scenario file. Throws Fault 'shrink-nothing' when the seed is clean, and 'report-unwritable'.
 */
export const runSimShrink = async (
  { output }: Context,
  options: ShrinkOptions,
): Promise<number> => {
  const shrunk = await shrinkToFile(output, options);
  if (shrunk === undefined) {
    const { seed, invariant } = options;
    throw new Fault('shrink-nothing', `seed ${seed} violates ${invariant ?? 'nothing'}`, {
      exit: 'usage',
      data: { seed },
      remedy: 'Give the same options as the run that named it, at the same commit.',
    });
  }
  const { text, ...facts } = shrunk;
  output.data(facts, () => text);
  return EXIT.ok;
};

/** What is left, and where it stands; undefined when the seed does not violate it. Throws 'report-unwritable'. */
export const shrinkToFile = async (
  output: Output,
  { seed, settings, invariant, out }: ShrinkOptions,
) => {
  makeReportFolder(out, '--out');
  const planners = new Planners(settings);
  const shrunk = await shrinkSeed(seed, settings, planners, invariant, (words) =>
    output.say(words),
  );
  await planners.close();
  if (shrunk === undefined) return undefined;
  const file = join(out, `${shrunk.name}.yaml`);
  writeReport(file, shrunk.text, '--out');
  const { episode, atMs, flights, planner } = shrunk;
  const facts = {
    seed,
    invariant: shrunk.invariant,
    atMs,
    drones: episode.scenario.vehicles.map(({ sysid }) => sysid),
    faults: episode.faults,
    orders: episode.orders ?? [],
    planner,
    flights,
    file,
  };
  const text = `${file}: ${facts.invariant} at ${(atMs / 1000).toFixed(2)} s with ${facts.drones.length} drones, ${facts.faults.length} faults, ${facts.orders.length} orders (${flights} flights)`;
  return { ...facts, text };
};
