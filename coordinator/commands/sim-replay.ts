import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { EXIT } from '#protocols/fault.ts';
import { EpisodeTrace } from '#sim/episode/episode-trace.ts';
import { JudgedEpisode } from '#sim/episode/judged-episode.ts';
import { drawEpisode, withPlanner, type FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import { Planners } from '#sim/fuzz/planners.ts';
import { happeningsOf, replayDataOf } from '../replay/replay-data-of.ts';
import { replayPage } from '../replay/replay-page-file.ts';
import { writeReport } from '../report/run-directory.ts';
import type { Context } from './context.ts';

/**
 * `skein sim replay`: flies one seed of a fuzzing run again and tells what happened, in order; with
 * `html`, also as a page to look at. Exit code failed when an invariant was violated. Throws Fault
 * 'report-unwritable'.
 */
export const runSimReplay = async (
  context: Context,
  seed: number,
  settings: FuzzSettings,
  page: { html: string | undefined; command: string },
): Promise<number> => {
  const planners = new Planners(settings);
  const drawn = drawEpisode(seed, settings);
  const options = withPlanner(drawn, await planners.open(drawn.planner));
  const judged = new JudgedEpisode(options);
  const trace = page.html === undefined ? undefined : new EpisodeTrace(judged.episode);
  const verdict = await judged.run();
  await planners.close();
  const happenings = happeningsOf(judged, options, verdict);
  let written: string | undefined;
  if (page.html !== undefined && trace !== undefined) {
    written = resolve(page.html);
    const shown = { trace: trace.data, happenings, command: page.command };
    writeReport(written, replayPage(replayDataOf(options, verdict, shown)), '--html');
  }
  context.output.data({ seed, verdict, happenings, html: written }, () =>
    [
      `${options.mission.name}, ${options.scenario.vehicles.length} drones, ${drawn.planner.kind} planner, radio ${options.radio.base}`,
      ...happenings.map(({ atMs, text }) => `${(atMs / 1000).toFixed(2).padStart(8)} s  ${text}`),
      `${verdict.violations.length} violations, ${verdict.tasksDone} tasks done, log digest ${verdict.digest.slice(0, 16)}`,
      ...(written === undefined ? [] : [`Page: ${pathToFileURL(written).href}`]),
    ].join('\n'),
  );
  return verdict.violations.length === 0 ? EXIT.ok : EXIT.failed;
};
