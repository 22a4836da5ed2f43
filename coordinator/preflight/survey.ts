import { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import type { ParameterReading, PreflightInput } from '#agent/pilot/preflight/input.ts';
import { PREFLIGHT_PARAMETERS } from '#agent/pilot/preflight/preflight.ts';
import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { streamRequests } from '#protocols/mavlink/stream-request.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import type { Clock } from '#protocols/time.ts';
import { snapshotOf, SNAPSHOT_KINDS } from './snapshot.ts';
import { GUARD_STREAMS, Watch } from './watch.ts';

const SAMPLE_MS = 20;
const WATCH_MS = 2500;

/** SYS_AUTOSTART of PX4's vehicles without hardware (SIH in SITL). */
const SIMULATED_AIRFRAMES: readonly number[] = [10_040, 10_041, 10_042, 10_043, 10_044];

/** What the person says who runs the check. */
export interface SurveyWishes {
  envelope: SafetyEnvelope | undefined;
  takeoffHeightM: number | undefined;
  radio: boolean | undefined;
  simulated: boolean;
  /** Ask for the pilot's streams and see whether they come: only on a link that nobody else reads. */
  measureRates: boolean;
  /** False for UDP to another machine without signing. */
  signed: boolean | undefined;
}

export interface SurveyPorts {
  clock: Clock;
  wait: (ms: number) => Promise<void>;
}

/**
 * Everything that the checks want to know of one vehicle, by its link: some three seconds. Throws the
 * Faults of {@link VehicleSession.parametersNamed}.
 */
export const surveyVehicle = async (
  session: VehicleSession,
  wishes: SurveyWishes,
  ports: SurveyPorts,
): Promise<PreflightInput> => {
  const watch = await watchStreams(session, wishes.measureRates, ports);
  const beganMs = session.nowMs;
  await session.parametersNamed(['MAV_SYS_ID']);
  const roundTripMs = session.nowMs - beganMs;
  const parameters = await readParameters(session);
  await askForAbsent(session);
  const version = await session.request(AutopilotVersion);
  const heartbeat = session.latest(Heartbeat)?.message;
  const status = session.status();
  return {
    sysid: session.vehicle.sysid,
    parameters,
    vehicle: snapshotOf(session),
    version: {
      autopilot: heartbeat?.autopilot ?? 0,
      vehicleType: heartbeat?.type,
      flightSwVersion: version?.flightSwVersion ?? 0,
    },
    link: {
      quality: status.linkQuality,
      heartbeatAgeMs: status.heartbeatAgeMs,
      streams: watch.streams(wishes.measureRates),
      roundTripMs,
      signed: wishes.signed,
    },
    clock: watch.clock(session, Number(ports.clock.unixUs() / 1000n)),
    envelope: wishes.envelope,
    takeoffHeightM: wishes.takeoffHeightM,
    radio: wishes.radio,
    simulated: wishes.simulated || isSimulated(parameters),
  };
};

const watchStreams = async (
  session: VehicleSession,
  measureRates: boolean,
  { wait }: SurveyPorts,
): Promise<Watch> => {
  const rates = new Map(GUARD_STREAMS.map(({ kind, hz }) => [kind.MSG_ID, hz]));
  const wanted = streamRequests(rates).slice(0, rates.size);
  if (measureRates) await Promise.all(wanted.map((request) => session.command(request)));
  const watch = new Watch(session.nowMs);
  const endMs = session.nowMs + WATCH_MS;
  while (session.nowMs < endMs) {
    await wait(SAMPLE_MS);
    watch.sample(session);
  }
  if (measureRates) {
    const byDefault = wanted.map((request) => ({ ...request, params: [request.params[0]!, 0] }));
    await Promise.all(byDefault.map((request) => session.command(request)));
  }
  return watch;
};

/** SYS_AUTOSTART besides: it tells a vehicle from a simulated one. */
const readParameters = async (session: VehicleSession): Promise<Map<string, ParameterReading>> => {
  const names = [...PREFLIGHT_PARAMETERS, 'SYS_AUTOSTART'];
  const table = await session.parametersNamed(names);
  return new Map(names.map((name) => [name, table.get(name)?.value ?? 'missing']));
};

/** A link may stream little: what was not heard is asked for once, and may still not be there. */
const askForAbsent = async (session: VehicleSession): Promise<void> => {
  for (const kind of SNAPSHOT_KINDS) {
    const heard = session.latest(kind);
    if (heard === undefined || session.nowMs - heard.atMs > WATCH_MS) await session.request(kind);
  }
};

const isSimulated = (parameters: ReadonlyMap<string, ParameterReading>): boolean => {
  const airframe = parameters.get('SYS_AUTOSTART');
  return typeof airframe === 'number' && SIMULATED_AIRFRAMES.includes(airframe);
};
