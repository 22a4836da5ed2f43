import { z } from 'zod';

import { scenarioFileSchema } from './scenario-document.ts';

/** The format of scenario files for editors and other tools (JSON Schema 2020-12). */
export const scenarioJsonSchema = (): object => ({
  title: 'Skein scenario',
  ...z.toJSONSchema(scenarioFileSchema, { io: 'input' }),
});
