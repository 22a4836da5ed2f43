/** In the order in which they start: whoever is needed by the others first. */
export const CHILDREN = ['recorder', 'pilot', 'mesh', 'mind'] as const;
export type ChildName = (typeof CHILDREN)[number];

/**
 * Short-lived garbage fills whatever young space there is, and long-lived there is little: this keeps
 * 45 MB away from the mesh (libp2p) and 40 MB from the pilot.
 */
export const NODE_FLAGS: Readonly<Partial<Record<ChildName, readonly string[]>>> = {
  pilot: ['--max-semi-space-size=1'],
  mesh: ['--max-semi-space-size=2'],
};

/** glibc keeps a heap per thread; two for all of QUIC's keep 18 MB away from the mesh. */
export const NODE_ENVIRONMENT: Readonly<
  Partial<Record<ChildName, Readonly<Record<string, string>>>>
> = {
  mesh: { MALLOC_ARENA_MAX: '2' },
};
