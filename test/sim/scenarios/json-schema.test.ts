import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { scenarioJsonSchema } from '#sim/scenarios/json-schema.ts';

describe('the JSON schema of scenario files', () => {
  it('is the one that lies beside them, for editors', () => {
    // Written by: skein scenario schema > scenarios/scenario.schema.json
    const written: unknown = JSON.parse(readFileSync('scenarios/scenario.schema.json', 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });
});
