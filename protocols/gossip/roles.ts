import type { Role } from './roster.ts';
import type { Topic } from './topic.ts';

/** The author id of the roster's authority, which is no member. */
export const AUTHORITY = 0;

/**
 * Who may say what. An observer listens; a drone speaks of itself; only operators command. Rosters
 * are the authority's alone and need no role.
 */
const SPEAKERS: Record<Topic, readonly Role[]> = {
  goal: ['operator'],
  directive: ['operator'],
  safety: ['operator'],
  release: ['operator'],
  roster: [],
  intent: ['drone'],
  bid: ['drone'],
  taskReport: ['drone'],
  belief: ['drone'],
  finding: ['drone'],
  beacon: ['drone', 'operator'],
};

export const maySay = (role: Role, topic: Topic): boolean => SPEAKERS[topic].includes(role);
