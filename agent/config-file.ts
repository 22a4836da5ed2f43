import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';

import { Fault } from '#protocols/fault.ts';
import { parseConnectionString } from '#protocols/mavlink/connection-string.ts';
import type { AgentConfig } from './config.ts';

const keyHex = z.string().regex(/^[0-9a-f]{64}$/u, '64 hexadecimal digits');

/** The message says what is wrong with it and how links are written. */
const checkLink = (text: string, context: z.RefinementCtx): void => {
  try {
    parseConnectionString(text);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    context.addIssue({ code: 'custom', message: `${error.message}. ${error.remedy ?? ''}` });
  }
};

const isMulticast = (address: string): boolean => {
  const first = Number(address.split('.')[0]);
  return first >= 224 && first < 240;
};

const agentConfigSchema: z.ZodType<AgentConfig> = z.strictObject({
  sysid: z.number().int().min(1).max(250),
  name: z.string().min(1).max(32),
  runDir: z.string().min(1),
  simulated: z.boolean(),
  seed: z.number().int(),
  vehicle: z.strictObject({
    link: z.string().superRefine(checkLink),
    signing: z
      .strictObject({
        policy: z.enum(['required', 'optional']),
        keyFile: z.string().min(1),
        linkId: z.number().int().min(0).max(255).default(1),
      })
      .optional(),
  }),
  payloadSocket: z.string().nullable(),
  keys: z.strictObject({
    privateKeyFile: z.string().min(1),
    rosterFile: z.string().min(1),
    authorityPublicKeyHex: keyHex,
    operators: z
      .array(z.strictObject({ member: z.number().int().min(1).max(65_535), publicKeyHex: keyHex }))
      .max(16),
    modelSignersHex: z.array(keyHex).max(16),
  }),
  mesh: z.strictObject({
    listen: z.array(z.string()).min(1).max(8),
    bootstrap: z.array(z.string()).max(64),
    mdns: z.boolean(),
    multicast: z
      .strictObject({
        group: z
          .ipv4()
          .refine(isMulticast, 'an IPv4 multicast address, 224.0.0.0 to 239.255.255.255'),
        port: z.number().int().min(1).max(65_535),
        interfaceAddress: z.ipv4().optional(),
      })
      .optional(),
  }),
  modelDir: z.string().nullable(),
});

/**
 * An agent's configuration from YAML (JSON is YAML too).
 * Throws Fault (exit usage) 'config-unreadable', 'config-syntax' or 'config-field' with file, line,
 * field and remedy.
 */
export const readAgentConfig = (file: string): AgentConfig => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Fault('config-unreadable', `${file}: cannot be read`, {
      exit: 'usage',
      data: { file },
      remedy: 'Check the path given with --config.',
      cause,
    });
  }
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = counter.linePos(problem.pos[0]);
    throw new Fault('config-syntax', `${file}:${line}:${col}: ${problem.message.split('\n')[0]}`, {
      exit: 'usage',
      data: { file, line, column: col },
      remedy: 'Correct the YAML at that place.',
    });
  }
  const parsed = agentConfigSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.join('.') || '(document)';
  const node = document.getIn(issue.path as string[], true) as { range?: [number] } | undefined;
  const { line } = counter.linePos(node?.range?.[0] ?? 0);
  throw new Fault('config-field', `${file}:${line}: ${field}: ${issue.message}`, {
    exit: 'usage',
    data: { file, line, field },
    remedy: `Correct ${field}; every field is described in agent/config.ts.`,
  });
};

/** Writes what the children read; whole or not at all, for this user only. Returns its path. */
export const writeChildConfig = (config: AgentConfig): string => {
  mkdirSync(config.runDir, { recursive: true, mode: 0o700 });
  const path = join(config.runDir, 'config.json');
  const temporary = `${path}.new`;
  writeFileSync(temporary, JSON.stringify(config), { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
  return path;
};
