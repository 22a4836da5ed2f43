import * as z from 'zod';

import type { Look, PayloadConfiguration } from './state.ts';

const index = z.number().int().min(-4096).max(4096);
const metres = z.number().min(-100_000).max(100_000);

const messageSchema = z.union([
  z.object({
    look: z.object({
      row: index,
      col: index,
      detected: z.boolean(),
      confidence: z.number().min(0).max(1),
      northM: metres,
      eastM: metres,
      timeMs: z.number().nonnegative(),
    }),
  }),
  z.object({ alive: z.object({}) }),
]);

/** What one line of a detector says; undefined for anything else. */
export const parsePayloadLine = (line: string): Look | 'alive' | undefined => {
  const parsed = messageSchema.safeParse(parseJson(line));
  if (!parsed.success) return undefined;
  if (!('look' in parsed.data)) return 'alive';
  const { row, col, detected, northM, eastM } = parsed.data.look;
  return { row, column: col, detected, northM, eastM };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The line that tells a detector how cells are named. */
export const configureLine = (configuration: PayloadConfiguration): string => {
  const { origin, cellM, footprintRadiusM } = configuration;
  const configure = {
    originLatDeg: origin.latDeg,
    originLonDeg: origin.lonDeg,
    originAltAmslM: origin.altAmslM,
    cellM,
    footprintRadiusM,
  };
  return `${JSON.stringify({ configure })}\n`;
};
