import type { Bench } from './bench.ts';

/** Every benchmark by name. Loaded when asked for: most bring a good part of the project with them. */
export const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  abort: async () => (await import('./abort/abort.ts')).abortBench,
  guard: async () => (await import('./guard/guard.ts')).guardBench,
  mavlink: async () => (await import('./mavlink/mavlink.ts')).mavlinkBench,
  mesh: async () => (await import('./mesh/mesh.ts')).meshBench,
  model: async () => (await import('./model/model.ts')).modelBench,
  payloads: async () => (await import('./payloads/payloads.ts')).payloadsBench,
  physics: async () => (await import('./physics/physics.ts')).physicsBench,
  plan: async () => (await import('./plan/plan.ts')).planBench,
  sim: async () => (await import('./sim/sim.ts')).simBench,
  standins: async () => (await import('./standins/standins.ts')).standinsBench,
};
