import { FLIGHT_PHASES } from '../flight-phase.ts';
import { FLIGHT_MODES } from '../mavlink/modes.ts';
import { MAX_SUBJECT_CHARS, MAX_TROUBLES } from '../trouble.ts';
import { MAX_ECHOES, MAX_MODE_CHARS, MAX_MODEL_CHARS, MAX_REASON_CHARS } from './beacon.ts';
import type { Beacon } from './beacon.ts';
import { readGoalId, writeGoalId } from './goal-id-layout.ts';
import { LayoutReader } from './layout-reader.ts';
import { LayoutWriter, TICKS_PER_MS } from './layout-writer.ts';
import { readTaskId, writeTaskId } from './task-id-layout.ts';

/**
 * u8 version · u8 sysid · u8 phase (bits 0–3), armed (4), plan source (5–6) · u8 which of the parts below
 * there are · u8 mode · i32 latE7, lonE7 · varints: altitude, velocity (3), position's deviation · u8
 * battery · varint progress · u32 task digest; then, each only if it says something: goal id · task id ·
 * directive · log head · reason · model · troubles · echoes.
 */
const VERSION = 1;

const SOURCES = ['none', 'model', 'analytic', 'safe'] as const;

/** In the order in which they follow. */
const PART = {
  goal: 1,
  task: 2,
  directive: 4,
  logHead: 8,
  reason: 16,
  model: 32,
  troubles: 64,
  echoes: 128,
} as const;

/** A mode without a name is nothing; one that has none here is spelt out. */
const MODE = { none: 0, spelt: 255 } as const;

const U16 = 0xff_ff;
const U32 = 0xff_ff_ff_ff;
const I32 = 0x7f_ff_ff_ff;
const HEAD_BYTES = 8;
const MAX_TROUBLE = 127;
/** Half a million years. */
const MAX_TICKS = 2 ** 48;

const writer = new LayoutWriter('beacon');

/**
 * One form for each beacon: what {@link decodeBeacon} took encodes to the same bytes. Exact but for the times in `echoes` at which the members were heard: they are told in sixteenths of a
 * ms, rounded up, which keeps what they say of a clock true (clock-offset.ts).
 */
export const encodeBeacon = (beacon: Beacon): Uint8Array => {
  writer.begin(VERSION);
  writer.whole8(beacon.sysid, 255, 'sysid');
  writer.byte(
    FLIGHT_PHASES.indexOf(beacon.phase) |
      (beacon.armed ? 16 : 0) |
      (SOURCES.indexOf(beacon.planSource) << 5),
  );
  writer.byte(partsOf(beacon));
  writeMode(beacon.mode);
  writer.i32(beacon.latE7, 'latE7');
  writer.i32(beacon.lonE7, 'lonE7');
  writer.signed(beacon.altAmslCm, I32, 'altAmslCm');
  for (const speed of beacon.velocityCmps) writer.signed(speed, I32, 'velocityCmps');
  writer.whole(beacon.positionStdCm, U16, 'positionStdCm');
  writer.whole8(beacon.batteryPercent, 100, 'batteryPercent');
  writer.whole(beacon.progressPermille, 1000, 'progressPermille');
  writer.u32(beacon.taskDigest, 'taskDigest');
  writeParts(beacon);
  return writer.finish();
};

const partsOf = (beacon: Beacon): number =>
  (beacon.goal === null ? 0 : PART.goal) |
  (beacon.task === null ? 0 : PART.task) |
  (beacon.directive === null ? 0 : PART.directive) |
  (beacon.logHead === null ? 0 : PART.logHead) |
  (beacon.reason === '' ? 0 : PART.reason) |
  (beacon.model === '' ? 0 : PART.model) |
  (beacon.troubles.length === 0 ? 0 : PART.troubles) |
  (beacon.echoes.length === 0 ? 0 : PART.echoes);

const writeMode = (mode: string): void => {
  const index = (FLIGHT_MODES as readonly string[]).indexOf(mode);
  if (mode === '') writer.byte(MODE.none);
  else if (index >= 0) writer.byte(1 + index);
  else {
    writer.byte(MODE.spelt);
    writer.text(mode, MAX_MODE_CHARS, 'mode');
  }
};

const writeParts = (beacon: Beacon): void => {
  const { goal, task, directive, logHead, reason, model, troubles } = beacon;
  if (goal !== null) writeGoalId(writer, goal);
  if (task !== null) writeTaskId(writer, task);
  if (directive !== null) {
    writer.whole(directive[0], U16, 'directive');
    writer.whole(directive[1], U32, 'directive');
  }
  if (logHead !== null) {
    writer.whole(logHead[0], U32, 'logHead');
    if (logHead[1].length !== HEAD_BYTES) writer.refuse('logHead', logHead[1].length);
    writer.bytes(logHead[1]);
  }
  if (reason !== '') writer.text(reason, MAX_REASON_CHARS, 'reason');
  if (model !== '') writer.text(model, MAX_MODEL_CHARS, 'model');
  if (troubles.length > 0) {
    writer.whole8(troubles.length, MAX_TROUBLES, 'troubles');
    for (const [packed, subject] of troubles) {
      writer.whole8(packed, MAX_TROUBLE, 'troubles');
      writer.text(subject, MAX_SUBJECT_CHARS, 'troubles');
    }
  }
  if (beacon.echoes.length > 0) writeEchoes(beacon.echoes);
};

const writeEchoes = (echoes: Beacon['echoes']): void => {
  writer.whole8(echoes.length, MAX_ECHOES, 'echoes');
  let last = 0;
  for (const [member, sentMs, heardMs] of echoes) {
    writer.whole(member, U16, 'echoes');
    // To the bit: whoever sent it knows its own words by it.
    writer.moment(sentMs, 'echoes');
    const ticks = Math.ceil(heardMs * TICKS_PER_MS);
    if (!(Math.abs(ticks) <= MAX_TICKS)) writer.refuse('echoes', heardMs);
    writer.signed(ticks - last, 2 * MAX_TICKS, 'echoes');
    last = ticks;
  }
};

/** Undefined for anything malformed. */
export const decodeBeacon = (payload: Uint8Array): Beacon | undefined => {
  const reader = new LayoutReader(payload);
  if (reader.byte() !== VERSION) return undefined;
  const sysid = reader.byte();
  const state = reader.byte();
  const phase = FLIGHT_PHASES[state & 15];
  const parts = reader.byte();
  const has = (part: number): boolean => (parts & part) !== 0;
  if (phase === undefined || state >= 128) return undefined;
  const beacon: Beacon = {
    sysid,
    phase,
    armed: (state & 16) !== 0,
    mode: readMode(reader),
    latE7: reader.i32(),
    lonE7: reader.i32(),
    altAmslCm: reader.signed(I32),
    velocityCmps: [reader.signed(I32), reader.signed(I32), reader.signed(I32)],
    positionStdCm: reader.whole(U16),
    batteryPercent: reader.whole8(100),
    progressPermille: reader.whole(1000),
    taskDigest: reader.u32(),
    planSource: SOURCES[state >> 5]!,
    goal: has(PART.goal) ? readGoalId(reader) : null,
    task: has(PART.task) ? readTaskId(reader) : null,
    directive: has(PART.directive) ? [reader.whole(U16), reader.whole(U32)] : null,
    logHead: has(PART.logHead) ? [reader.whole(U32), reader.bytes(HEAD_BYTES)] : null,
    reason: has(PART.reason) ? reader.text(MAX_REASON_CHARS) : '',
    model: has(PART.model) ? reader.text(MAX_MODEL_CHARS) : '',
    troubles: has(PART.troubles) ? readTroubles(reader) : [],
    echoes: has(PART.echoes) ? readEchoes(reader) : [],
  };
  // A part that says nothing is left out: one beacon has one form.
  return reader.isWhole && partsOf(beacon) === parts ? beacon : undefined;
};

const readMode = (reader: LayoutReader): string => {
  const code = reader.byte();
  if (code === MODE.none) return '';
  if (code === MODE.spelt) {
    const spelt = reader.text(MAX_MODE_CHARS);
    const hasCode = spelt === '' || (FLIGHT_MODES as readonly string[]).includes(spelt);
    if (hasCode) reader.spoil();
    return spelt;
  }
  const mode = FLIGHT_MODES[code - 1];
  if (mode === undefined) reader.spoil();
  return mode ?? '';
};

const readTroubles = (reader: LayoutReader): Beacon['troubles'] => {
  const troubles: Beacon['troubles'] = [];
  for (let count = reader.whole8(MAX_TROUBLES); count > 0 && reader.isSound; count -= 1) {
    troubles.push([reader.whole8(MAX_TROUBLE), reader.text(MAX_SUBJECT_CHARS)]);
  }
  return troubles;
};

const readEchoes = (reader: LayoutReader): Beacon['echoes'] => {
  const echoes: Beacon['echoes'] = [];
  let ticks = 0;
  for (let count = reader.whole8(MAX_ECHOES); count > 0 && reader.isSound; count -= 1) {
    const member = reader.whole(U16);
    const sentMs = reader.moment();
    ticks += reader.signed(2 * MAX_TICKS);
    if (Math.abs(ticks) > MAX_TICKS) reader.spoil();
    echoes.push([member, sentMs, ticks / TICKS_PER_MS]);
  }
  return echoes;
};
