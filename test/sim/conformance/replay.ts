import { Framer } from '#protocols/mavlink/framer.ts';
import { scenarioSchema, type ScenarioInput } from '#sim/scenario.ts';
import { Vehicle } from '#sim/vehicle.ts';
import type { RecordedFlight, TimedFrame } from './recorded-flight.ts';
import type { RecordingSpec } from './recordings.ts';
import { tabledChance } from './tabled-chance.ts';

const GLOBAL_POSITION_INT = 33;
/** No profile needs longer to align. */
const ALIGNMENT_MAX_S = 60;

/** Where SIH boots. */
const SIH_HOME = {
  '1.15': { latDeg: 45.467116, lonDeg: -73.757837, altAmslM: 32.34 },
  '1.18': { latDeg: 47.397743, lonDeg: 8.545594, altAmslM: 489.4 },
} as const;

/** SIH's airframe 10040 at SIH's home, its battery a simulated one that sags nowhere. */
const scenarioOf = ({ profile, sysid }: RecordingSpec): ScenarioInput => ({
  seed: 5,
  profile,
  rebootsOnCommand: false,
  origin: SIH_HOME[profile],
  physics: { linearDragNPerMps: 1, quadraticDragNPerMps2: 0 },
  battery: { capacityAh: 100, internalResistanceOhm: 0, initialCharge: 0.5 },
  // SIH has no ring of ranges around it.
  rates: { 330: 0 },
  vehicles: [{ sysid, homeNorthM: 0, homeEastM: 0 }],
});

const makeVehicle = (spec: RecordingSpec): Vehicle => {
  const scenario = scenarioSchema.parse(scenarioOf(spec));
  return new Vehicle(scenario, scenario.vehicles[0]!, 0n, tabledChance(scenario.seed));
};

/** Seconds after its boot at which this stand-in's estimator has aligned: its first GLOBAL_POSITION_INT. */
const alignmentS = (spec: RecordingSpec): number => {
  const vehicle = makeVehicle(spec);
  const framer = new Framer();
  while (vehicle.timeMs() < ALIGNMENT_MAX_S * 1000) {
    for (const datagram of vehicle.step()) framer.push(datagram);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      if (frame.msgid === GLOBAL_POSITION_INT) return vehicle.timeMs() / 1000;
    }
  }
  throw new Error('the stand-in does not align');
};

/**
 * Plays what the recorded client sent, byte by byte and at the vehicle's boot times, to a stand-in in
 * virtual time, and returns what that answers. The two are aligned by one event only: the moment at
 * which the estimator has aligned (drawn at random by both) is laid on the recorded one, so that the
 * stand-in boots a second or two before or after the recorded vehicle. Everything after it is
 * open loop: the client does not wait for this vehicle.
 */
export const replay = (spec: RecordingSpec, flight: RecordedFlight): TimedFrame[] => {
  const { fromVehicle, fromClient } = flight;
  const recordedAlignment = fromVehicle.find(({ frame }) => frame.msgid === GLOBAL_POSITION_INT);
  if (recordedAlignment === undefined) throw new Error(`${spec.name}: the estimator never aligns`);
  const leadS = alignmentS(spec) - recordedAlignment.atS;
  const endS = fromVehicle.at(-1)!.atS;
  const vehicle = makeVehicle(spec);
  const framer = new Framer();
  const answers: TimedFrame[] = [];
  const injuries = [...(spec.injuries ?? [])];
  let next = 0;
  for (let atS = -leadS; atS < endS; atS = vehicle.timeMs() / 1000 - leadS) {
    while (next < fromClient.length && fromClient[next]!.atS <= atS) {
      vehicle.receive([fromClient[next]!.frame]);
      next += 1;
    }
    while (injuries.length > 0 && injuries[0]!.atS <= atS) vehicle.injure(injuries.shift()!.injury);
    for (const datagram of vehicle.step()) framer.push(datagram);
    const sentS = vehicle.timeMs() / 1000 - leadS;
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      if (sentS >= fromVehicle[0]!.atS) answers.push({ atS: sentS, frame });
    }
  }
  return answers;
};
