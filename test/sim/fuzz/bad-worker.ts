/** In the place of the process that flies: seeds that end well, hang, or take their process with them. */
import type { FromWorker, ToWorker } from '#sim/fuzz/start-fuzz.ts';

const tell = (message: FromWorker): void => void process.send!(message);

const FATES: Record<number, () => void> = {
  2: () => {
    tell({ simulatedMs: 12_340 });
    for (;;);
  },
  3: () => process.kill(process.pid, 'SIGKILL'),
  4: () => {
    process.stderr.write('terminate called after throwing an instance of Napi::Error\n');
    process.exit(134);
  },
  5: () => tell({ outcome: { seed: 5, crash: 'RangeError: out of line' }, cpuMs: 0 }),
  6: () => {
    // Slow, but it gets on: longer in all than an episode may be silent.
    let steps = 0;
    const timer = setInterval(() => {
      steps += 1;
      tell({ simulatedMs: 4 * steps });
      if (steps < 8) return;
      clearInterval(timer);
      well(6);
    }, 700);
  },
};

const well = (seed: number): void =>
  tell({
    outcome: {
      seed,
      violations: [],
      simulatedMs: 30_000,
      ended: true,
      tasksDone: process.pid,
      flownHours: 0.01,
      abortDelaysMs: [],
      digest: '',
      mission: 'goto',
      drones: 3,
      planner: 'analytic',
      radio: 'P1',
      isCut: false,
      faults: [],
      kinds: [],
    },
    cpuMs: 100,
  });

process.on('disconnect', () => process.exit());
process.on('message', (message: ToWorker) => {
  if ('settings' in message) return;
  (FATES[message.seed] ?? (() => well(message.seed)))();
});
