import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Finding } from '#agent/pilot/preflight/finding.ts';
import { fixesFor, type ParameterChange } from '#agent/pilot/preflight/fixes.ts';
import type { PreflightInput } from '#agent/pilot/preflight/input.ts';
import { preflight } from '#agent/pilot/preflight/preflight.ts';
import { EXIT, Fault } from '#protocols/fault.ts';
import { parseConnectionString } from '#protocols/mavlink/connection-string.ts';
import type { VehicleLink } from '#protocols/mavlink/link.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { safetyEnvelopeOf } from '#protocols/mission/safety.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { loadMission } from '../mission/load.ts';
import { applyChanges } from '../preflight/apply-changes.ts';
import { fleetFindings } from '../preflight/fleet-findings.ts';
import { linkFindings } from '../preflight/link-findings.ts';
import { surveyVehicle, type SurveyWishes } from '../preflight/survey.ts';
import {
  changesText,
  refuses,
  silentVerdict,
  verdictText,
  type DroneVerdict,
} from '../preflight/verdict-text.ts';
import type { Context } from './context.ts';
import { fetchView } from './status.ts';
import { openFleetLink, type FleetLink } from './fleet-link.ts';
import { nameOf, placesFound, placesOf, type Place } from './preflight-places.ts';
import { onOpenLink, withSecuredVehicle } from './vehicle-link.ts';

export interface PreflightOptions {
  /** Empty = the ground station's port. */
  links: string[];
  /** Empty = the station's swarm, or the only vehicle on a link. */
  sysids: number[];
  /** Whoever sends to the links. */
  all: boolean;
  /** All drones of the mission, where more fly than are checked; undefined = the station's, or those checked. */
  fleet: number[] | undefined;
  missionFile: string | undefined;
  fix: boolean;
  yes: boolean;
  radio: boolean | undefined;
  simulated: boolean;
  rates: boolean;
  /** File with the vehicles' signing key. */
  signingKey: string | undefined;
  /** How long to wait for each vehicle's heartbeat. */
  timeoutS: number;
}

interface Surveyed {
  place: Place;
  input: PreflightInput;
  /** What is wrong with its link. */
  wire: readonly Finding[];
}

interface Survey {
  heard: readonly Surveyed[];
  silent: readonly DroneVerdict[];
}

/**
 * `skein preflight`: the checks that the pilot runs before every arming, and some that only show from
 * the ground. Prints what fails. Exit ok, refused, or noLink when a vehicle was not heard.
 */
export const runPreflight = async (
  context: Context,
  options: PreflightOptions,
): Promise<number> => {
  const mission = options.missionFile === undefined ? undefined : loadMission(options.missionFile);
  const swarm = await swarmOf(context);
  const places = options.all ? await placesFound(options) : placesOf(options, swarm);
  const survey = async (): Promise<Survey> => {
    const found = await surveyAll(context, options, places);
    return mission === undefined ? found : withMission(found, mission, options.fleet ?? swarm);
  };
  let found = await survey();
  if (options.fix && found.silent.length > 0) {
    context.output.say('nothing is set while a vehicle is silent');
  } else if (options.fix && (await fixAll(context, options, found.heard))) found = await survey();
  const verdicts = verdictsOf(found);
  const ready = found.silent.length === 0 && !refuses(verdicts);
  context.output.data({ ready, drones: verdicts }, () => verdictText(verdicts));
  if (found.silent.length > 0) return EXIT.noLink;
  return ready ? EXIT.ok : EXIT.refused;
};

/** The drones that a running station knows; none when there is no station. */
const swarmOf = async (context: Context): Promise<number[]> => {
  try {
    return (await fetchView(context)).drones.map(({ sysid }) => sysid);
  } catch (error) {
    if (error instanceof Fault && error.exit === 'noLink') return [];
    throw error;
  }
};

/**
 * All links at once, and on a UDP port all of its vehicles. A single vehicle that is silent is
 * the command's own fault.
 */
const surveyAll = async (
  context: Context,
  options: PreflightOptions,
  places: readonly Place[],
): Promise<Survey> => {
  const results = new Map<Place, Surveyed | DroneVerdict>();
  const surveyLink = async (link: string): Promise<void> => {
    const here = places.filter((one) => one.link === link);
    const surveyed = async (place: Place, fleet?: FleetLink): Promise<void> => {
      context.output.say(`listening to ${nameOf(place)} …`);
      const open = fleet && place.sysid !== undefined ? await fleet.open(place.sysid) : undefined;
      results.set(place, await surveyOrSilence(options, place, places.length === 1, open));
    };
    if (here.length === 1 || here.some(({ sysid }) => sysid === undefined)) {
      for (const place of here) await surveyed(place);
      return;
    }
    const fleet = await openFleetLink(parseConnectionString(link, '--link'));
    try {
      if (fleet.parallel) await Promise.all(here.map((place) => surveyed(place, fleet)));
      else for (const place of here) await surveyed(place, fleet);
    } finally {
      await fleet.close();
    }
  };
  await Promise.all([...new Set(places.map(({ link }) => link))].map(surveyLink));
  const heard: Surveyed[] = [];
  const silent: DroneVerdict[] = [];
  for (const place of places) {
    const result = results.get(place)!;
    if ('findings' in result) silent.push(result);
    else heard.push(result);
  }
  return { heard, silent };
};

const surveyOrSilence = async (
  options: PreflightOptions,
  place: Place,
  alone: boolean,
  open: VehicleLink | undefined,
): Promise<Surveyed | DroneVerdict> => {
  try {
    return await surveyOne(options, place, open);
  } catch (error) {
    if (!(error instanceof Fault) || error.exit !== 'noLink' || alone) throw error;
    return silentVerdict(nameOf(place), place.sysid, error);
  }
};

/** The limits are the file's; no goal has been signed yet. */
const NO_GOAL = { issuer: 0, epoch: 0, sequence: 0 };

/** @param swarm all drones that will fly, the absent ones too: it decides who returns at which height. */
const withMission = (
  { heard, silent }: Survey,
  mission: Mission,
  swarm: readonly number[],
): Survey => {
  const present = heard.map(({ input }) => input.sysid);
  const fleet = present.every((sysid) => swarm.includes(sysid)) ? swarm : present;
  const envelope = safetyEnvelopeOf(mission, NO_GOAL, fleet);
  const takeoffHeightM = mission.takeoff.heightM;
  const informed = heard.map((one) => ({
    ...one,
    input: { ...one.input, envelope, takeoffHeightM },
  }));
  return { heard: informed, silent };
};

const surveyOne = (
  options: PreflightOptions,
  place: Place,
  open: VehicleLink | undefined,
): Promise<Surveyed> => {
  const survey: Parameters<typeof withSecuredVehicle<Surveyed>>[1] = async (
    session,
    _link,
    diagnose,
  ) => {
    const wishes: SurveyWishes = {
      envelope: undefined,
      takeoffHeightM: undefined,
      radio: options.radio,
      simulated: options.simulated,
      measureRates: options.rates,
      // On a wire that nobody else reaches it is no question.
      signed: OWN_WIRE.test(place.link) ? undefined : options.signingKey !== undefined,
    };
    const input = await surveyVehicle(session, wishes, { clock: systemClock, wait: sleep });
    return { place, input, wire: linkFindings(diagnose()) };
  };
  if (open === undefined) return onVehicle(options, place, survey);
  const { signingKey, timeoutS } = options;
  const address = parseConnectionString(place.link, '--link');
  return onOpenLink(
    { open, address, sysid: place.sysid, shared: false },
    { timeout: `${timeoutS}`, ...(signingKey === undefined ? {} : { signingKey }) },
    survey,
  );
};

const OWN_WIRE = /^(serial|[a-z]+:\/\/(127\.|\[::1\]|localhost))/u;

const onVehicle = <T>(
  { signingKey, timeoutS }: PreflightOptions,
  { link, sysid }: Place,
  action: Parameters<typeof withSecuredVehicle<T>>[1],
): Promise<T> =>
  withSecuredVehicle(
    {
      link,
      timeout: `${timeoutS}`,
      ...(sysid === undefined ? {} : { sysid: `${sysid}` }),
      ...(signingKey === undefined ? {} : { signingKey }),
    },
    action,
  );

const verdictsOf = ({ heard, silent }: Survey): DroneVerdict[] => {
  const inputs = heard.map(({ input }) => input);
  const fleet = fleetFindings(inputs);
  return [
    ...heard.map(({ input, wire }): DroneVerdict => ({
      name: `drone ${input.sysid}`,
      sysid: input.sysid,
      findings: [...wire, ...preflight(input)],
    })),
    ...silent,
    ...(fleet.length === 0 ? [] : [{ name: 'fleet', sysid: undefined, findings: fleet }]),
  ];
};

/** Shows what it would set, asks, sets and reads back. False when there was nothing to set. */
const fixAll = async (
  context: Context,
  options: PreflightOptions,
  heard: readonly Surveyed[],
): Promise<boolean> => {
  const plans = heard
    .map(({ place, input }) => ({ place, sysid: input.sysid, changes: fixesFor(input) }))
    .filter(({ changes }) => changes.length > 0);
  if (plans.length === 0) return false;
  for (const { sysid, changes } of plans) context.output.say(changesText(sysid, changes));
  await confirm(options.yes, plans);
  for (const { place, sysid, changes } of plans) {
    await onVehicle(options, { ...place, sysid }, (session) => applyChanges(session, changes));
    context.output.say(`drone ${sysid}: ${changes.length} parameters set and read back`);
  }
  return true;
};

/** Throws the Faults `not-confirmed` (exit refused) and, without a terminal, `usage`. */
const confirm = async (
  yes: boolean,
  plans: readonly { changes: readonly ParameterChange[] }[],
): Promise<void> => {
  if (yes) return;
  const count = plans.reduce((sum, { changes }) => sum + changes.length, 0);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Fault('usage', `${count} parameters would be set, and nobody is there to be asked`, {
      exit: 'usage',
      remedy: 'Add --yes to set them without a question.',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`Set ${count} parameters? [y/N] `);
  lines.close();
  if (/^y(es)?$/iu.test(answer.trim())) return;
  throw new Fault('not-confirmed', 'nothing was set', {
    exit: 'refused',
    remedy: 'Answer y, or add --yes.',
  });
};
