import type { InvariantId } from '../checker/violation.ts';
import { JudgedEpisode } from '../episode/judged-episode.ts';
import { writeScenario } from '../scenarios/write-scenario.ts';
import { drawEpisode, withPlanner, type FuzzSettings } from './fuzz-episode.ts';
import type { Planners } from './planners.ts';
import { shrink, type Shrunk } from './shrink.ts';

/** What is left of a seed, as a scenario file. */
export interface ShrunkSeed extends Shrunk {
  invariant: InvariantId;
  /** Which planner it needs: a scenario file is flown with the analytic one. */
  planner: 'analytic' | 'learned';
  /** Of the file. */
  name: string;
  text: string;
}

/** Undefined when the seed violates nothing, or not `invariant`. */
export const shrinkSeed = async (
  seed: number,
  settings: FuzzSettings,
  planners: Pick<Planners, 'open'>,
  asked: string | undefined,
  say: (words: string) => void,
): Promise<ShrunkSeed | undefined> => {
  const drawn = drawEpisode(seed, settings);
  const flyWith = async (choice: typeof drawn.planner) => {
    const planner = await planners.open(choice);
    const parts = (episode: Shrunk['episode']) =>
      withPlanner({ episode, planner: choice }, planner);
    return {
      parts,
      fly: (episode: Shrunk['episode']) => new JudgedEpisode(parts(episode)).run(),
    };
  };
  const own = await flyWith(drawn.planner);
  const first = (await own.fly(drawn.episode)).violations;
  const found = first.find(({ invariant }) => asked === undefined || invariant === asked);
  if (found === undefined) return undefined;
  const { invariant } = found;
  const analytic = await flyWith({ kind: 'analytic', samples: settings.samples });
  // What goes wrong with either planner is told with the plain one.
  const plain = await shrink(drawn.episode, invariant, analytic.fly, say);
  const shrunk = plain ?? (await shrink(drawn.episode, invariant, own.fly, say));
  if (shrunk === undefined) return undefined;
  const planner = plain === undefined ? drawn.planner.kind : 'analytic';
  const name = `seed-${seed}-${invariant}`;
  const about = `Seed ${seed} of the fuzzer, reduced: it violated ${invariant} at ${(shrunk.atMs / 1000).toFixed(2)} s, with the ${planner} planner.`;
  const text = writeScenario(own.parts(shrunk.episode), { name, about });
  return { ...shrunk, invariant, planner, name, text };
};
