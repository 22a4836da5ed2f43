import { mindAgain, mindReplayable } from '#agent/mind/replay.ts';
import { openPlanner } from '#agent/mind/plan/open-planner.ts';
import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { pilotReplayable } from '#agent/pilot/replay.ts';
import { EXIT, Fault } from '#protocols/fault.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { openDisk } from '#protocols/log/disk.ts';
import { readFlight } from '#protocols/log/reader.ts';
import { replayFlight, type Replay } from '#protocols/log/replay.ts';
import { verifyFlight, type Verification } from '#protocols/log/verify.ts';
import { findFlownModel, flightDirectories } from '../audit/directory.ts';
import { replayPlans, type PlansReplay } from '../audit/replay-plans.ts';
import type { Context } from './context.ts';

interface ReplayOptions {
  /** Plans imagined again: every n-th; 0 = none. */
  everyPlan: number;
  /** Another release than the one that was flown. */
  modelDir: string | undefined;
}

interface FlightReplay {
  directory: string;
  /** What was read must be what was written, or the replay proves nothing. */
  log: Verification['status'];
  pilot: Replay;
  mind: Replay;
  plans: PlansReplay | null;
}

/**
 * `skein log replay DIR …`: feeds every recorded inbox to the same code again and compares what comes
 * out byte for byte; imagines the recorded plans again and compares their digests. Exit code: ok when
 * all agree, failed at the first difference, and when there was nothing to compare.
 */
export const runLogReplay = async (
  context: Context,
  directories: readonly string[],
  options: ReplayOptions,
): Promise<number> => {
  let agree = true;
  for (const flight of new Set(directories.flatMap(flightDirectories))) {
    context.output.say(`replaying ${flight} …`);
    const replay = await replayOne(flight, options);
    agree &&= agrees(replay);
    context.output.data(plain(replay), () => replayText(replay));
  }
  return agree ? EXIT.ok : EXIT.failed;
};

const agrees = ({ log, pilot, mind, plans }: FlightReplay): boolean =>
  log !== 'failed' &&
  pilot.ticks + mind.ticks > 0 &&
  [pilot, mind, plans].every((one) => one?.divergence === undefined);

/** Throws Fault 'replay-impossible' when records no longer mean anything, or those of the log's reader. */
const replayOne = async (directory: string, options: ReplayOptions): Promise<FlightReplay> => {
  try {
    return await replayAll(directory, options);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(
      'replay-impossible',
      `${directory}: a record cannot be run again: ${String(error)}`,
      {
        data: { file: directory },
        remedy: `See with "skein log verify ${directory}" whether the record is as it was written.`,
        cause: error,
      },
    );
  }
};

const replayAll = async (directory: string, options: ReplayOptions): Promise<FlightReplay> => {
  const disk = openDisk(directory);
  return {
    directory,
    log: (await verifyFlight(disk)).status,
    pilot: await replayFlight(readFlight(disk), pilotReplayable(verifySignature)),
    mind: await replayFlight(readFlight(disk), mindReplayable(safePlanner(PLAN_SETTINGS))),
    plans: options.everyPlan === 0 ? null : await imagineAgain(directory, options),
  };
};

const imagineAgain = async (directory: string, options: ReplayOptions): Promise<PlansReplay> => {
  const flown = findFlownModel(directory);
  const planner = await openPlanner({ ...flown, modelDir: options.modelDir ?? flown.modelDir });
  try {
    // In flight the analytic model would take over; a replay by another model proves nothing.
    if (planner.fault !== undefined) throw planner.fault;
    const records = readFlight(openDisk(directory));
    return await replayPlans(records, planner, options.everyPlan, (start) =>
      mindAgain(start, safePlanner(PLAN_SETTINGS)),
    );
  } finally {
    await planner.close();
  }
};

/** JSON knows no big integers. */
const plain = (replay: FlightReplay): unknown =>
  JSON.parse(
    JSON.stringify(replay, (_key, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    ),
  );

const replayText = (replay: FlightReplay): string => {
  const lines = [`${replay.directory}: the log is ${replay.log}`];
  for (const name of ['pilot', 'mind'] as const) lines.push(`  ${ticksText(name, replay[name])}`);
  if (replay.plans !== null) lines.push(`  ${plansText(replay.plans)}`);
  return lines.join('\n');
};

const ticksText = (name: string, { ticks, starts, skipped, divergence }: Replay): string => {
  const left = skipped === 0 ? '' : `, ${skipped} could not be run (records before them are lost)`;
  if (divergence === undefined) {
    const verdict = ticks === 0 ? 'nothing to compare' : 'the same outputs, byte for byte';
    return `${name}: ${ticks} ticks of ${starts} starts: ${verdict}${left}`;
  }
  const { number, tick, offset, recordedBytes, replayedBytes } = divergence;
  return (
    `${name}: differs at record ${number}, tick ${tick}, byte ${offset} of its outbox ` +
    `(${recordedBytes} bytes recorded, ${replayedBytes} now), after ${ticks - 1} equal ticks`
  );
};

const plansText = ({ plans, skipped, divergence }: PlansReplay): string => {
  const left = skipped === 0 ? '' : `, ${skipped} answers without their request`;
  if (divergence === undefined) return `plans: ${plans} imagined again: the same digests${left}`;
  const { number, requestId, recordedModel, replayedModel } = divergence;
  // Last bits may differ from one version of the planner to the next: that says nothing against the log.
  if (recordedModel !== replayedModel) {
    return `plans: not comparable: another planner flew (${recordedModel}) than this one (${replayedModel}); first difference at record ${number}, request ${requestId}`;
  }
  return `plans: differ at record ${number}, request ${requestId}, by ${recordedModel} both times: an input or a weight has changed`;
};
