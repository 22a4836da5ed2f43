/** A ring of ranges as in MAVLink OBSTACLE_DISTANCE, already turned to north by the pilot. */
export interface RangeRing {
  atMs: number;
  minM: number;
  maxM: number;
  /** m, sector 0 centred on north, clockwise; Infinity = nothing within maxM. */
  rangesM: Float32Array;
}

export const RANGE_SECTORS = 72;

const HEADER_BYTES = 24;
const BYTES = HEADER_BYTES + 4 * RANGE_SECTORS;

export const encodeRangeRing = (ring: RangeRing): Uint8Array => {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, ring.atMs, true);
  view.setFloat64(8, ring.minM, true);
  view.setFloat64(16, ring.maxM, true);
  for (let sector = 0; sector < RANGE_SECTORS; sector += 1) {
    view.setFloat32(HEADER_BYTES + 4 * sector, ring.rangesM[sector] ?? Infinity, true);
  }
  return bytes;
};

/** Undefined for anything malformed. */
export const decodeRangeRing = (bytes: Uint8Array): RangeRing | undefined => {
  if (bytes.length !== BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rangesM = new Float32Array(RANGE_SECTORS);
  for (let sector = 0; sector < RANGE_SECTORS; sector += 1) {
    const rangeM = view.getFloat32(HEADER_BYTES + 4 * sector, true);
    if (Number.isNaN(rangeM) || rangeM < 0) return undefined;
    rangesM[sector] = rangeM;
  }
  return {
    atMs: view.getFloat64(0, true),
    minM: view.getFloat64(8, true),
    maxM: view.getFloat64(16, true),
    rangesM,
  };
};
