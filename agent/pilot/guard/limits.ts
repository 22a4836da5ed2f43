import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';

/** A safety envelope made ready for the control loop: numbers in flat arrays, nothing to allocate. */
export interface Limits {
  readonly envelope: Readonly<SafetyEnvelope>;
  readonly vertices: number;
  /** m, [vertices]: corners of the fence, in order. */
  readonly fenceNorthM: Float64Array;
  readonly fenceEastM: Float64Array;
}

export const limitsOf = (envelope: Readonly<SafetyEnvelope>): Limits => ({
  envelope,
  vertices: envelope.fenceNed.length,
  fenceNorthM: Float64Array.from(envelope.fenceNed, (vertex) => vertex.northM),
  fenceEastM: Float64Array.from(envelope.fenceNed, (vertex) => vertex.eastM),
});

/** Even-odd rule, as protocols/polygon.ts, on the flat arrays. */
export const insideFence = (limits: Limits, northM: number, eastM: number): boolean => {
  const { fenceNorthM: north, fenceEastM: east, vertices } = limits;
  let inside = false;
  for (let i = 0, j = vertices - 1; i < vertices; j = i, i += 1) {
    if (north[i]! > northM === north[j]! > northM) continue;
    const crossing =
      ((east[j]! - east[i]!) * (northM - north[i]!)) / (north[j]! - north[i]!) + east[i]!;
    if (eastM < crossing) inside = !inside;
  }
  return inside;
};
