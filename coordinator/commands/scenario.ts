import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { openPlanner } from '#agent/mind/plan/open-planner.ts';
import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { EXIT } from '#protocols/fault.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { EpisodeTrace } from '#sim/episode/episode-trace.ts';
import { flyScenario, type Flown } from '#sim/scenarios/fly-scenario.ts';
import { scenarioJsonSchema } from '#sim/scenarios/json-schema.ts';
import type { ScenarioDocument } from '#sim/scenarios/scenario-document.ts';
import { settle } from '#sim/scenarios/settle.ts';
import { happeningsOf, replayDataOf } from '../replay/replay-data-of.ts';
import { replayPage } from '../replay/replay-page-file.ts';
import { writeReport } from '../report/run-directory.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Context } from './context.ts';

/** `skein scenario validate FILE`: says what the file is about, or what is wrong with it. */
export const runScenarioValidate = (context: Context, file: string): number => {
  const document = loadScenario(file);
  const { scenario } = settle(document);
  const facts = {
    file,
    name: document.name,
    seed: document.seed,
    drones: scenario.vehicles.length,
    obstacles: scenario.obstacles.length,
    targets: scenario.targets.length,
    faults: document.faults.length,
    untilS: document.limits.untilMs / 1000,
    valid: true,
  };
  context.output.data(
    facts,
    () =>
      `${file}: valid. ${facts.drones} drones, ${facts.obstacles} obstacles, ${facts.targets} targets, ` +
      `${facts.faults} faults, at most ${facts.untilS} s.`,
  );
  return EXIT.ok;
};

/** `skein scenario schema`: the format as JSON Schema, for editors. */
export const runScenarioSchema = (context: Context): number => {
  const schema = scenarioJsonSchema();
  context.output.data(schema, () => JSON.stringify(schema, undefined, 2));
  return EXIT.ok;
};

export interface ScenarioFlyOptions {
  file: string;
  /** Instead of the file's own. */
  seed: number | undefined;
  extraDelayMs: number | undefined;
  samples: number;
  html: string | undefined;
  command: string;
}

/**
 * `skein scenario fly FILE`: flies it in virtual time and says whether it met each of its criteria. Exit
 * code failed when it did not, or an invariant was violated. Throws Fault 'report-unwritable'.
 */
export const runScenarioFly = async (
  context: Context,
  options: ScenarioFlyOptions,
): Promise<number> => {
  const document = withOverrides(loadScenario(options.file), options);
  const planner = await openPlanner(
    { modelDir: null, modelSignersHex: [] },
    { ...PLAN_SETTINGS, samples: options.samples },
  );
  let trace: EpisodeTrace | undefined;
  const flown = await flyScenario(
    document,
    {
      verify: verifySignature,
      safePlan: safePlanner(PLAN_SETTINGS),
      imagine: planner.plan,
      model: planner.model,
    },
    {
      begin: ({ episode }) => {
        if (options.html !== undefined) trace = new EpisodeTrace(episode);
      },
      progress: (nowMs, words) =>
        context.output.say(`${(nowMs / 1000).toFixed(0).padStart(5)} s  ${words}`),
    },
  );
  await planner.close();
  const html = writePage(flown, trace, options);
  const { verdict, criteria, success, meanTravelS } = flown;
  const { violations, simulatedMs, tasksDone, flownHours, digest } = verdict;
  const result = {
    file: options.file,
    name: document.name,
    seed: document.seed,
    success,
    criteria,
    meanTravelS: meanTravelS ?? null,
    simulatedS: simulatedMs / 1000,
    flownHours,
    tasksDone,
    violations,
    digest,
    ...(html === undefined ? {} : { html }),
  };
  context.output.data(result, () =>
    [
      `${document.name}, seed ${document.seed}: ${success ? 'SUCCESS' : 'FAILED'} after ${result.simulatedS.toFixed(1)} s`,
      ...criteria.map(({ met, name, words }) => `  ${met ? 'ok    ' : 'FAILED'} ${name}: ${words}`),
      ...violations.map(
        ({ atMs, invariant, drones, detail }) =>
          `  ${(atMs / 1000).toFixed(2)} s ${invariant}, drones ${drones.join(', ')}: ${detail}`,
      ),
      `  ${tasksDone} tasks done, log digest ${digest.slice(0, 16)}`,
      ...(html === undefined ? [] : [`Page: ${pathToFileURL(html).href}`]),
    ].join('\n'),
  );
  return success ? EXIT.ok : EXIT.failed;
};

const withOverrides = (
  document: ScenarioDocument,
  { seed = document.seed, extraDelayMs = document.radio.extraDelayMs }: ScenarioFlyOptions,
): ScenarioDocument => ({ ...document, seed, radio: { ...document.radio, extraDelayMs } });

const writePage = (
  { judged, options, verdict }: Flown,
  trace: EpisodeTrace | undefined,
  { html, command }: ScenarioFlyOptions,
): string | undefined => {
  if (html === undefined || trace === undefined) return undefined;
  const written = resolve(html);
  const happenings = happeningsOf(judged, options, verdict);
  const data = replayDataOf(options, verdict, { trace: trace.data, happenings, command });
  writeReport(written, replayPage(data), '--html');
  return written;
};
