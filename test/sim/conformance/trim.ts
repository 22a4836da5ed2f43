/**
 *   node test/sim/conformance/trim.ts NAME SECONDS     cuts a recording into test/golden/px4
 *
 * Both directions up to SECONDS of the vehicle's boot clock, byte by byte, but for the packets that
 * only fill: of the fast streams the first of each stays, of LOCAL_POSITION_NED every tenth.
 */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { encodeTlogRecord } from '#protocols/mavlink/tlog.ts';
import { loadFlight, type TimedFrame } from './recorded-flight.ts';
import { GOLDEN, RECORDINGS, THINNED, TRIMMED } from './recordings.ts';

const LOCAL_POSITION_NED = 32;
const KEPT_OF_POSITIONS = 10;
/** Boot times become Unix times of this day, so that the file reads as any other. */
const EPOCH_US = 1_795_000_000_000_000n;

const thinned = (frames: readonly TimedFrame[]): TimedFrame[] => {
  const seen = new Map<number, number>();
  return frames.filter(({ frame: { msgid } }) => {
    if (!THINNED.has(msgid)) return true;
    const count = seen.get(msgid) ?? 0;
    seen.set(msgid, count + 1);
    return msgid === LOCAL_POSITION_NED ? count % KEPT_OF_POSITIONS === 0 : count === 0;
  });
};

const write = (name: string, direction: string, frames: readonly TimedFrame[]): void => {
  const records = frames.map(({ atS, frame }) =>
    encodeTlogRecord({
      unixUs: EPOCH_US + BigInt(Math.round(atS * 1e6)),
      packet: frame.bytes,
    }),
  );
  const path = `${GOLDEN}/${TRIMMED}${name}.${direction}.tlog.gz`;
  const packed = gzipSync(Buffer.concat(records), { level: 9 });
  writeFileSync(path, packed);
  console.log(`${path}: ${frames.length} packets, ${packed.length} bytes`);
};

const [name, endS] = process.argv.slice(2);
const spec = RECORDINGS.find((one) => one.name === name);
if (spec === undefined || endS === undefined) {
  console.error('usage: trim.ts NAME SECONDS');
  process.exitCode = 2;
} else {
  const { fromVehicle, fromClient } = loadFlight(spec);
  const until = ({ atS }: TimedFrame): boolean => atS <= Number(endS);
  write(spec.name, 'fromfc', thinned(fromVehicle.filter(until)));
  write(spec.name, 'tofc', fromClient.filter(until));
}
