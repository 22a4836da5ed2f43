/** MAV_MISSION_RESULT by its number: a name for programs and words for people. */
const RESULTS: readonly (readonly [name: string, words: string])[] = [
  ['accepted', 'accepted'],
  ['error', 'the vehicle is busy with another transfer, or failed to store it'],
  ['unsupportedFrame', 'it does not know the coordinate frame'],
  ['unsupported', 'it does not know the command'],
  ['noSpace', 'it has no room for so many items'],
  ['invalid', 'a parameter has an invalid value'],
  ['invalidParam1', 'parameter 1 is invalid'],
  ['invalidParam2', 'parameter 2 is invalid'],
  ['invalidParam3', 'parameter 3 is invalid'],
  ['invalidParam4', 'parameter 4 is invalid'],
  ['invalidLatitude', 'parameter 5 (latitude) is invalid'],
  ['invalidLongitude', 'parameter 6 (longitude) is invalid'],
  ['invalidAltitude', 'parameter 7 (altitude) is invalid'],
  ['invalidSequence', 'an item came out of order'],
  ['denied', 'it takes no plans now, or not from us'],
  ['cancelled', 'the transfer was cancelled'],
];

export const MISSION_ACCEPTED = 0;
/** Also what PX4 says while another transfer holds the line. */
export const MISSION_ERROR = 1;
/** What to send to end a transfer. */
export const MISSION_CANCELLED = 15;

export interface MissionRefusal {
  /** MAV_MISSION_RESULT. */
  code: number;
  name: string;
  /** In words, beginning in lower case. */
  why: string;
}

/** A number that MAVLink does not define is a refusal too. */
export const missionRefusalOf = (code: number): MissionRefusal => {
  const [name, why] = RESULTS[code] ?? ['unknown', `it answered with the unknown result ${code}`];
  return { code, name, why };
};
