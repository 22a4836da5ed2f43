import { REGISTRY as COMMON } from 'mavlink-mappings/dist/lib/common.js';
import { REGISTRY as DEVELOPMENT } from 'mavlink-mappings/dist/lib/development.js';
import { REGISTRY as MINIMAL } from 'mavlink-mappings/dist/lib/minimal.js';
import { REGISTRY as STANDARD } from 'mavlink-mappings/dist/lib/standard.js';

const NAMES: ReadonlyMap<number, string> = new Map(
  [DEVELOPMENT, COMMON, STANDARD, MINIMAL].flatMap((registry) =>
    Object.values(registry).map((definition): [number, string] => [
      definition.MSG_ID,
      definition.MSG_NAME,
    ]),
  ),
);

/** MAVLink's name of a message, or its number where mavlink-mappings has none. */
export const messageName = (id: number): string => NAMES.get(id) ?? `#${id}`;
