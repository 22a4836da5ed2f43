import { compareAcks } from './compare/acks.ts';
import type { Comparison } from './compare/comparison.ts';
import { compareMissions } from './compare/missions.ts';
import { compareParameters } from './compare/parameters.ts';
import { compareLanded, compareStates } from './compare/states.ts';
import { compareStreams } from './compare/streams.ts';
import { compareEvents, compareTexts } from './compare/texts.ts';
import { compareTrajectories } from './compare/trajectory.ts';
import { loadFlight } from './recorded-flight.ts';
import { thinnedIn, type RecordingSpec } from './recordings.ts';
import { replay } from './replay.ts';
import { transcribe } from './transcript.ts';

/** Replays a recording's client to the stand-in and holds its answers against the recorded ones. */
export const compareRecording = (spec: RecordingSpec): Comparison[] => {
  const flight = loadFlight(spec);
  const recorded = transcribe(flight.fromVehicle, spec.sysid);
  const made = transcribe(replay(spec, flight), spec.sysid);
  return [
    compareAcks(flight.fromClient, spec.sysid, recorded, made),
    compareStates(recorded, made),
    compareLanded(recorded, made),
    compareStreams(recorded, made, thinnedIn(spec)),
    compareParameters(recorded, made),
    compareMissions(recorded, made),
    compareTexts(recorded, made),
    compareEvents(recorded, made),
    compareTrajectories(recorded, made),
  ];
};
