import { vector3 } from '#protocols/vector.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { velocitySetpoint } from '#protocols/mavlink/setpoint.ts';
import { seededRandom } from '#protocols/random.ts';
import { damage, recoveredShare, type Damage } from '../../fuzz/mavlink/recovery.ts';
import { onboardTraffic } from '../../fuzz/mavlink/traffic.ts';
import { quantile, type Bench, type BenchRun } from '../bench.ts';
import {
  classPipeline,
  datagramsOf,
  fieldPipeline,
  framesFound,
  nodeMavlinkPipeline,
  splitterFound,
} from './pipelines.ts';
import { measureSetpointJitter } from './setpoint-jitter.ts';

const PACKETS = 40_000;
const ROUNDS = 9;
const DAMAGED_SHARE = 0.005;
const SETPOINTS = 100_000;

/** How often each pipeline goes over the packets in a round: the kernel counts a thread's time in ticks. */
const PASSES = { ours: 6, fields: 30, theirs: 2 } as const;

const PIPELINES = { ours: classPipeline, fields: fieldPipeline, theirs: nodeMavlinkPipeline };

const threadMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Packets a second of one core's time, so that a machine's other work does not count. */
const rateOf = async (
  pipeline: keyof typeof PIPELINES,
  datagrams: readonly Uint8Array[],
): Promise<number> => {
  const startMs = threadMs();
  for (let pass = 0; pass < PASSES[pipeline]; pass += 1) {
    const count = await PIPELINES[pipeline](datagrams);
    if (count !== PACKETS) throw new Error(`a pipeline found ${count} of ${PACKETS} packets`);
  }
  return (PASSES[pipeline] * PACKETS * 1000) / (threadMs() - startMs);
};

interface Speeds {
  ours: number;
  fields: number;
  theirs: number;
  fastRatio: number;
  fastRatioWorst: number;
}

/** Medians over rounds, the three pipelines in turn; ratios are those of each round. */
const speeds = async (seed: number): Promise<Speeds> => {
  const datagrams = datagramsOf(Buffer.concat(onboardTraffic(PACKETS, seededRandom(seed))));
  const rounds: { ours: number; fields: number; theirs: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const ours = await rateOf('ours', datagrams);
    const fields = await rateOf('fields', datagrams);
    rounds.push({ ours, fields, theirs: await rateOf('theirs', datagrams) });
  }
  const ratios = rounds.map(({ ours, fields }) => fields / ours);
  const median = (pipeline: keyof typeof PIPELINES): number =>
    quantile(
      rounds.map((round) => round[pipeline]),
      0.5,
    );
  return {
    ours: median('ours'),
    fields: median('fields'),
    theirs: median('theirs'),
    fastRatio: quantile(ratios, 0.5),
    fastRatioWorst: quantile(ratios, 0),
  };
};

const encodeUs = (): number => {
  const encoder = new Encoder(1, 191);
  const target = { sysid: 1, compid: 1 };
  const rounds: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = threadMs();
    for (let index = 0; index < SETPOINTS; index += 1) {
      const velocity = vector3(index % 7, index % 5, index % 3);
      bytes += encoder.encode(velocitySetpoint(target, velocity, { yawRad: 1 }, index)).length;
    }
    rounds.push(((threadMs() - startMs) * 1000) / SETPOINTS);
  }
  if (bytes === 0) throw new Error('nothing was encoded');
  return quantile(rounds, 0.5);
};

const recovery = async (
  seeds: readonly number[],
  kind: Damage,
): Promise<{ ours: number; theirs: number }> => {
  let ours = 0;
  let theirs = 0;
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const stream = damage(onboardTraffic(PACKETS, random), kind, DAMAGED_SHARE, random);
    ours += recoveredShare(stream, framesFound(stream.bytes)) / seeds.length;
    theirs += recoveredShare(stream, await splitterFound(stream.bytes)) / seeds.length;
  }
  return { ours, theirs };
};

export const mavlinkBench: Bench = {
  about:
    "parsing, encoding, resynchronising beside node-mavlink's own pipeline; jitter of setpoints",
  seeds: [1, 3],
  run: async ({ seeds, tell }: BenchRun) => {
    tell("speed on PX4's onboard mix of messages");
    const { ours, fields, theirs, fastRatio, fastRatioWorst } = await speeds(seeds[0] ?? 1);
    tell('recovery of undamaged packets, 0.5 % of the bytes lost, then changed');
    const loss = await recovery(seeds, 'loss');
    const flips = await recovery(seeds, 'flips');
    tell('setpoints of two drones on a mission, as a receiver sees them, for a minute');
    const jitter = await measureSetpointJitter(seeds[0] ?? 1);
    return {
      framesPerSecond: ours,
      fastFramesPerSecond: fields,
      nodeMavlinkFramesPerSecond: theirs,
      ratioVsNodeMavlink: ours / theirs,
      fastRatio,
      fastRatioWorst,
      encodeUs: encodeUs(),
      recoveredAtLoss: loss.ours,
      recoveredAtFlips: flips.ours,
      nodeMavlinkRecoveredAtLoss: loss.theirs,
      nodeMavlinkRecoveredAtFlips: flips.theirs,
      setpointJitterP50Ms: jitter.p50Ms,
      setpointJitterP99Ms: jitter.p99Ms,
      setpointJitterP999Ms: jitter.p999Ms,
      setpointJitterMaxMs: jitter.maxMs,
      setpoints: jitter.setpoints,
      receiverTimerP999Ms: jitter.receiverP999Ms,
      loadAverage: jitter.load,
    };
  },
};
