import { setTimeout as sleep } from 'node:timers/promises';

import { EXIT, Fault } from '#protocols/fault.ts';
import type { DirectiveKind } from '#protocols/gossip/directive.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { DroneView, SwarmView } from '../station/view.ts';
import type { Context } from './context.ts';

/** What the station says when it has published a directive. */
interface Issued {
  issuer: number;
  number: number;
}

interface Answer {
  sysid: number;
  name: string;
  answer: 'obeyed' | 'silent' | 'no answer';
  phase: string;
  mode: string;
  afterMs: number | null;
}

interface DirectiveOptions {
  all?: boolean;
  timeoutS: number;
  confirmed?: boolean;
  takeOver?: boolean;
}

const POLL_MS = 50;
/** A drone not heard for this long cannot be waited for. */
const SILENT_AFTER_S = 5;

/**
 * Publishes a directive and waits until every addressed drone says that it obeyed.
 * Exit code: ok, or partial when some did not answer. Throws Fault 'no-drones' (exit noLink).
 */
export const runDirective = async (
  context: Context,
  kind: DirectiveKind,
  sysids: number[],
  options: DirectiveOptions,
): Promise<number> => {
  refuseUnconfirmedKill(kind, options);
  if (sysids.length === 0 && options.all !== true) {
    throw new Fault('usage', `${kind} needs the drones it is for`, {
      exit: 'usage',
      remedy: `Write "skein ${kind} 1 3" or "skein ${kind} --all".`,
    });
  }
  const before = (await context.station.call('GET', '/state')) as SwarmView;
  const targets = addressed(before, sysids);
  const startedMs = systemClock.monotonicMs();
  const issued = (await context.station.call('POST', '/directive', {
    kind,
    targets: sysids,
    confirmed: options.confirmed === true,
    takeOver: options.takeOver === true,
  })) as Issued;
  const answers = await gather(context, targets, issued, startedMs, options.timeoutS * 1000);
  const missing = answers.filter((answer) => answer.answer !== 'obeyed').length;
  context.output.data({ kind, ...issued, answers }, () => answerTable(context, answers));
  return missing === 0 ? EXIT.ok : EXIT.partial;
};

const addressed = (view: SwarmView, sysids: number[]): DroneView[] => {
  const known = view.drones.filter((drone) => drone.ageS !== null);
  if (known.length === 0) {
    throw new Fault('no-drones', 'the station hears no drones', {
      exit: 'noLink',
      remedy: 'Check "skein status"; start the agents, or "skein sim up".',
    });
  }
  const unknown = sysids.filter((sysid) => !view.drones.some((drone) => drone.sysid === sysid));
  if (unknown.length > 0) {
    throw new Fault('unknown-drone', `no drone ${unknown.join(', ')} in the roster`, {
      exit: 'usage',
      data: { sysids: unknown.join(',') },
      remedy: `The roster has ${view.drones.map((drone) => drone.sysid).join(', ')}.`,
    });
  }
  return sysids.length === 0
    ? view.drones
    : view.drones.filter((drone) => sysids.includes(drone.sysid));
};

const gather = async (
  context: Context,
  targets: DroneView[],
  issued: Issued,
  startedMs: number,
  timeoutMs: number,
): Promise<Answer[]> => {
  const answers = new Map<number, Answer>();
  let latest = targets;
  for (;;) {
    const afterMs = Math.round(systemClock.monotonicMs() - startedMs);
    for (const drone of latest) {
      if (answers.has(drone.sysid) || !hasObeyed(drone, issued)) continue;
      const { sysid, name, phase, mode } = drone;
      answers.set(sysid, { sysid, name, phase, mode, answer: 'obeyed', afterMs });
    }
    if (answers.size === targets.length || afterMs > timeoutMs) break;
    await sleep(POLL_MS);
    const view = (await context.station.call('GET', '/state')) as SwarmView;
    latest = view.drones.filter((drone) => targets.some((one) => one.sysid === drone.sysid));
  }
  return targets.map(
    (target) =>
      answers.get(target.sysid) ??
      unanswered(latest.find((one) => one.sysid === target.sysid) ?? target),
  );
};

const hasObeyed = (drone: DroneView, issued: Issued): boolean =>
  drone.directive !== null &&
  drone.directive[0] === issued.issuer &&
  drone.directive[1] >= issued.number;

const unanswered = (drone: DroneView): Answer => ({
  sysid: drone.sysid,
  name: drone.name,
  answer: drone.ageS === null || drone.ageS > SILENT_AFTER_S ? 'silent' : 'no answer',
  phase: drone.phase,
  mode: drone.mode,
  afterMs: null,
});

const answerTable = (context: Context, answers: Answer[]): string =>
  context.output.table(
    ['drone', 'answer', 'phase', 'mode', 'after'],
    answers.map((one) => [
      `${one.sysid} ${one.name}`,
      one.answer,
      one.phase,
      one.mode,
      one.afterMs === null ? '–' : `${one.afterMs} ms`,
    ]),
  );

const refuseUnconfirmedKill = (kind: DirectiveKind, options: DirectiveOptions): void => {
  if (kind !== 'kill' || options.confirmed === true) return;
  throw new Fault('kill-unconfirmed', 'kill cuts the motors in the air: it needs --confirm-kill', {
    exit: 'refused',
    remedy: 'Use "skein abort" to bring them home, or repeat with --confirm-kill.',
  });
};
