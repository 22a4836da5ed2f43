import * as z from 'zod';

import { Fault } from '#protocols/fault.ts';
import { polygonSchema, type GeoPolygon } from '#protocols/mission/mission.ts';

const featureSchema = z.looseObject({ type: z.literal('Feature'), geometry: polygonSchema });

const fileSchema = z.union([
  polygonSchema,
  featureSchema,
  z.looseObject({
    type: z.literal('FeatureCollection'),
    features: z.array(featureSchema).length(1),
  }),
]);

/**
 * The one Polygon of a GeoJSON text (RFC 7946: a Polygon, a Feature, or a collection of one).
 * Throws Fault 'geojson-invalid' (exit usage) that names the file.
 */
export const polygonOfGeoJson = (text: string, file: string): GeoPolygon => {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, 'it is not JSON', cause);
  }
  const parsed = fileSchema.safeParse(raw);
  if (!parsed.success) throw invalid(file, 'it holds no single Polygon', parsed.error);
  const { data } = parsed;
  if (data.type === 'Polygon') return data;
  return data.type === 'Feature' ? data.geometry : data.features[0]!.geometry;
};

const invalid = (file: string, why: string, cause: unknown): Fault =>
  new Fault('geojson-invalid', `${file}: ${why}`, {
    exit: 'usage',
    data: { file },
    remedy: 'Export the area as one GeoJSON Polygon, longitude before latitude, rings closed.',
    cause,
  });
