import { describe, expect, it } from 'vitest';

import { FAULT_KINDS } from '#sim/faults/fault.ts';
import { scenarioJsonSchema } from '#sim/scenarios/json-schema.ts';

describe('the JSON schema of scenario files', () => {
  const schema = JSON.parse(JSON.stringify(scenarioJsonSchema())) as {
    required: string[];
    additionalProperties: boolean;
    properties: Record<string, { anyOf?: { type: string }[]; items?: { oneOf: object[] } }>;
  };

  it('asks for what has no default, and for nothing else', () => {
    expect(schema.required).toEqual(['skein', 'name', 'seed', 'mission', 'fleet', 'limits']);
    expect(schema.additionalProperties).toBe(false);
  });

  it('lets a mission be a file or be written out', () => {
    expect(schema.properties['mission']!.anyOf!.map(({ type }) => type)).toEqual([
      'string',
      'object',
    ]);
  });

  it('knows every kind of fault', () => {
    const text = JSON.stringify(schema.properties['faults']);
    for (const kind of FAULT_KINDS) expect(text).toContain(`"const":"${kind}"`);
  });
});
