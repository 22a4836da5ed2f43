import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';

import { Fault } from '#protocols/fault.ts';
import {
  DIRECTIVES,
  MAX_DIRECTIVE_TARGETS,
  type DirectiveKind,
} from '#protocols/gossip/directive.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import type { MeshReport } from '#protocols/gossip/mesh-report.ts';
import { MAX_CONTENT_BYTES } from '#protocols/gossip/pieces.ts';
import { releaseSchema } from '#protocols/gossip/release.ts';
import { missionSchema, type Mission } from '#protocols/mission/mission.ts';
import { missionGeometry } from './mission-geometry.ts';
import type { SwarmView } from './view.ts';

/** What the station can do; its process gives it, tests may give another. */
export interface Station {
  view(): SwarmView;
  mission(): Mission | undefined;
  /** Throws Fault 'not-in-command' while another operator has it and this one does not `takeOver`. */
  startMission(mission: Mission, takeOver: boolean): Promise<{ goal: GoalId }>;
  /** As {@link startMission}, for what sets drones in motion again. */
  sendDirective(
    kind: DirectiveKind,
    targets: number[],
    confirmed: boolean,
    takeOver: boolean,
  ): Promise<{ issuer: number; number: number }>;
  /** The mesh as the station's member sees it. */
  mesh(): MeshReport;
  /**
   * Takes a signed roster and spreads it. Throws Fault 'roster-not-taken', and 'roster-without-station'
   * unless the station may `leave`.
   */
  introduceRoster(signedRoster: Uint8Array, leave: boolean): Promise<{ epoch: number }>;
  /**
   * Announces a content and hands it to whoever asks. Throws Faults 'release-rollback', and 'content-not-kept'
   * where the station's disk takes it not.
   */
  offerRelease(name: string, version: number, content: Uint8Array): Promise<{ pieces: number }>;
  /** Resolves when the view may have changed, at the latest after a second. */
  changed(): Promise<void>;
}

const directiveBody = z.strictObject({
  kind: z.enum(Object.keys(DIRECTIVES) as [DirectiveKind, ...DirectiveKind[]]),
  targets: z.array(z.number().int().min(1).max(250)).max(MAX_DIRECTIVE_TARGETS),
  confirmed: z.boolean(),
  takeOver: z.boolean().default(false),
});

/** A roster's budget on the air, in base64. */
const MAX_ROSTER_CHARS = 65_536;

const rosterBody = z.strictObject({
  roster: z.base64().max(MAX_ROSTER_CHARS),
  leave: z.boolean(),
});

const releaseBody = z.strictObject({
  name: releaseSchema.shape.name,
  version: releaseSchema.shape.version,
  content: z.base64().max((4 * MAX_CONTENT_BYTES) / 3 + 4),
});

const missionBody = z.strictObject({
  mission: missionSchema,
  takeOver: z.boolean().default(false),
});

/** A page that lost the station asks again after so long. */
const RETRY_MS = 1000;

/** Looking only: what the map page reads, safe to serve on a TCP port. */
export const createReadApp = (station: Station): Hono => {
  const app = new Hono();
  app.get('/state', (context) => context.json(station.view()));
  app.get('/mesh', (context) => context.json(station.mesh()));
  app.get('/mission', (context) => {
    const mission = station.mission();
    return context.json(mission === undefined ? null : missionGeometry(mission));
  });
  app.get('/events', (context) =>
    streamSSE(context, async (stream) => {
      while (!stream.aborted) {
        const data = JSON.stringify(station.view());
        await stream.writeSSE({ event: 'state', data, retry: RETRY_MS });
        await station.changed();
      }
    }),
  );
  return app;
};

/** Looking and commanding: only behind the 0600 Unix socket. */
export const createControlApp = (station: Station): Hono => {
  const app = createReadApp(station);
  app.post('/mission', async (context) => {
    const body = missionBody.parse(await context.req.json());
    return context.json(await station.startMission(body.mission, body.takeOver));
  });
  app.post('/directive', async (context) => {
    const body = directiveBody.parse(await context.req.json());
    if (body.kind === 'kill' && !body.confirmed) {
      throw new Fault('kill-unconfirmed', 'kill needs a second, explicit confirmation', {
        exit: 'refused',
      });
    }
    const { kind, targets, confirmed, takeOver } = body;
    return context.json(await station.sendDirective(kind, targets, confirmed, takeOver));
  });
  app.post('/roster', async (context) => {
    const { roster, leave } = rosterBody.parse(await context.req.json());
    const bytes = Uint8Array.from(Buffer.from(roster, 'base64'));
    return context.json(await station.introduceRoster(bytes, leave));
  });
  app.post('/release', async (context) => {
    const { name, version, content } = releaseBody.parse(await context.req.json());
    const bytes = Uint8Array.from(Buffer.from(content, 'base64'));
    return context.json(await station.offerRelease(name, version, bytes));
  });
  app.onError((error, context) => {
    if (error instanceof Fault) {
      const { code, message, remedy } = error;
      return context.json({ error: { code, message, remedy } }, 409);
    }
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      const message = error instanceof z.ZodError ? z.prettifyError(error) : 'the body is not JSON';
      return context.json({ error: { code: 'bad-request', message } }, 400);
    }
    return context.json({ error: { code: 'station-failed', message: error.message } }, 500);
  });
  return app;
};
