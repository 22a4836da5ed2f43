/** What the mesh carries. The number is on the wire; never reuse one. */
export const TOPICS = {
  goal: { id: 1, budgetBytes: 65_536, durable: true },
  directive: { id: 2, budgetBytes: 512, durable: true },
  roster: { id: 3, budgetBytes: 16_384, durable: true },
  intent: { id: 4, budgetBytes: 256, durable: false },
  bid: { id: 5, budgetBytes: 4096, durable: false },
  taskReport: { id: 6, budgetBytes: 512, durable: true },
  belief: { id: 7, budgetBytes: 4096, durable: true },
  finding: { id: 8, budgetBytes: 1024, durable: true },
  beacon: { id: 9, budgetBytes: 512, durable: false },
  release: { id: 10, budgetBytes: 8192, durable: true },
  /** Never published alone: travels inside a goal, for the pilots (safety-envelope.ts). */
  safety: { id: 11, budgetBytes: 4096, durable: false },
} as const;

export type Topic = keyof typeof TOPICS;

export const TOPIC_NAMES = Object.keys(TOPICS) as Topic[];

export const topicFromId = (id: number): Topic | undefined =>
  TOPIC_NAMES.find((name) => TOPICS[name].id === id);
