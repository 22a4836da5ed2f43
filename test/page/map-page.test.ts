import { Hono } from 'hono';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { createPageApp } from '#coordinator/map/page-files.ts';
import { createReadApp } from '#coordinator/station/app.ts';
import { serveLoopback } from '#coordinator/station/server.ts';
import { CHROMIUM_FLAGS, chromiumPath } from './chromium.ts';
import {
  fabricatedStation,
  fabricatedView,
  HOSTILE_NAME,
  HOSTILE_REASON,
  irchel,
} from './fabricated-swarm.ts';

/** A browser that draws without a GPU on a busy machine takes its time. */
const SOON = { timeout: 10_000 };

describe.skipIf(chromiumPath === undefined)(
  'the map page (skipped without Chromium: apt-get install chromium, or set CHROMIUM)',
  () => {
    const mission = irchel();
    let view = fabricatedView(mission);
    const { station, push } = fabricatedStation(mission, () => view);
    const trouble: string[] = [];
    const foreign: string[] = [];
    let served: Awaited<ReturnType<typeof serveLoopback>>;
    let browser: Browser;
    let page: Page;

    const open = async (): Promise<Page> => {
      const opened = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      opened.on('console', (message) => {
        if (message.type() === 'error') trouble.push(message.text());
      });
      opened.on('pageerror', (error) => trouble.push(error.message));
      opened.on('request', (request) => {
        const { protocol } = new URL(request.url());
        const own = request.url().startsWith(served.url) || /^(blob|data):$/u.test(protocol);
        if (!own) foreign.push(request.url());
      });
      await opened.goto(served.url);
      const ready = async (): Promise<void> => {
        expect(await opened.evaluate(() => window.skeinReady)).toBe(true);
      };
      await vi.waitFor(ready, SOON);
      return opened;
    };

    const texts = (selector: string): Promise<string[]> =>
      page.locator(selector).evaluateAll((found) => found.map((one) => one.textContent ?? ''));

    /** How many things a layer of the map really drew, once it is quiet. */
    const drawn = (layer: string): Promise<number> =>
      page.evaluate(
        (name) => window.skeinMap?.queryRenderedFeatures({ layers: [name] }).length ?? -1,
        layer,
      );

    beforeAll(async () => {
      const app = new Hono();
      app.route('/', createReadApp(station));
      app.route('/', createPageApp());
      served = await serveLoopback(app, 0);
      browser = await chromium.launch({ executablePath: chromiumPath!, args: CHROMIUM_FLAGS });
      page = await open();
    }, 30_000);

    afterAll(async () => {
      await browser?.close();
      served?.close();
    });

    it('draws the ground of the mission: cells, area, zone left out, fence, obstacles', async () => {
      for (const layer of ['cells', 'area', 'exclusion', 'fence', 'obstacles', 'beyond']) {
        await expect.poll(() => drawn(layer), { message: layer, ...SOON }).toBeGreaterThan(0);
      }
      const inView = await page.evaluate((corners) => {
        const bounds = window.skeinMap!.getBounds();
        return corners.every((corner) => bounds.contains(corner as [number, number]));
      }, mission.fence.polygon.coordinates[0]!);
      expect(inView).toBe(true);
    });

    it('draws what moves: trails, promised tubes, intents, drones with labels, findings', async () => {
      for (const layer of ['trails', 'tubes', 'intents']) {
        await expect.poll(() => drawn(layer), { message: layer, ...SOON }).toBeGreaterThan(0);
      }
      expect(await texts('.drone .disc')).toEqual(['1', '2', '3', '4', '5']);
      expect(await texts('.drone .label b')).toEqual([
        'alder',
        'birch',
        'cedar',
        'dogwood',
        HOSTILE_NAME,
      ]);
      expect(await texts('.drone .label .height')).toEqual([
        '20 m',
        '27 m',
        '20 m',
        'silent 14 s',
        '20 m',
      ]);
      expect(await texts('.finding')).toEqual(['1']);
      expect(await page.locator('.drone.silent').count()).toBe(1);
    });

    it('puts every drone where it is, its label beside it', async () => {
      const shown = await page.evaluate(
        (place) => {
          const at = window.skeinMap!.project(place);
          const disc = document.querySelector('.drone .disc')!.getBoundingClientRect();
          return { x: disc.x + disc.width / 2 - at.x, y: disc.y + disc.height / 2 - at.y };
        },
        [view.drones[0]!.lonDeg, view.drones[0]!.latDeg] as [number, number],
      );
      expect(Math.hypot(shown.x, shown.y)).toBeLessThan(2);
      const boxes = await page
        .locator('.drone .label')
        .evaluateAll((labels) => labels.map((label) => label.getBoundingClientRect().toJSON()));
      const overlapping = boxes.some((a, index) =>
        boxes
          .slice(index + 1)
          .some(
            (b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom,
          ),
      );
      expect(overlapping).toBe(false);
    });

    it('colours a cell by what is known of it', async () => {
      const states = await page.evaluate(() => {
        const map = window.skeinMap!;
        return map
          .queryRenderedFeatures({ layers: ['cells'] })
          .map((cell) => map.getFeatureState({ source: 'cells', id: cell.id! }));
      });
      expect(states.some((state) => state['posterior'] > 0.9)).toBe(true);
      expect(states.some((state) => state['looks'] === 0)).toBe(true);
    });

    it('shows figures, battery and heights at a glance', async () => {
      expect(await texts('#title')).toEqual(['search-irchel']);
      expect(await texts('#searched')).toEqual([
        `${(view.mission!.searchedFraction * 100).toFixed(1)} %`,
      ]);
      expect(await texts('#elapsed')).toEqual(['1:23']);
      expect(await texts('#tasks')).toEqual(['9 / 7']);
      expect(await page.locator('#drones tr:not(.trouble)').count()).toBe(6);
      expect(await page.locator('#drones .battery.low').count()).toBe(1);
      expect((await texts('#heights .disc')).sort()).toEqual(['1', '2', '3', '4', '5']);
      // In one go: a disc that was redrawn in between is nowhere.
      const heights = await page.evaluate(() =>
        [...document.querySelectorAll('#heights .disc')].map(
          (disc) => disc.getBoundingClientRect().y,
        ),
      );
      expect(heights[3]).toBeLessThan(heights[0]!);
    });

    it('renders hostile names and reasons as the text that they are', async () => {
      expect(await texts('#drones .name')).toContain(`${HOSTILE_NAME}analytic plan`);
      expect((await texts('#drones .phase')).some((text) => text.includes(HOSTILE_REASON))).toBe(
        true,
      );
      expect(await texts('#drones .trouble td:last-child')).toEqual([
        `somebody else claims to be the vehicle: ${HOSTILE_REASON}Find out who that is.`,
      ]);
      expect((await texts('#events li')).some((text) => text.includes(HOSTILE_NAME))).toBe(true);
      expect(await page.locator('img, #drones script, #events script').count()).toBe(0);
      expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    });

    it('follows the swarm', async () => {
      const before = view;
      const [first, ...others] = before.drones;
      const moved = { ...first!, latDeg: first!.latDeg + 0.0004, heightM: 24 };
      view = { ...before, drones: [moved, ...others], findings: [] };
      push();
      await expect.poll(() => texts('.drone .label .height'), SOON).toContain('24 m');
      expect(await page.locator('.finding').count()).toBe(0);
      view = before;
      push();
      await expect.poll(() => page.locator('.finding').count(), SOON).toBe(1);
    });

    it('fits a phone: nothing wider than the screen, everything reachable', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await expect.poll(() => page.locator('#legend').getAttribute('open'), SOON).toBeNull();
      const widths = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.querySelector('aside')!.scrollWidth,
        innerWidth,
      ]);
      expect(Math.max(...widths)).toBe(390);
      await page.locator('#legend summary').click();
      expect(await page.locator('#legend li').first().isVisible()).toBe(true);
      const canvas = await page.locator('#map').boundingBox();
      expect(canvas?.height).toBeGreaterThan(400);
    });

    it('loads nothing from elsewhere and raises no error', () => {
      expect(foreign).toEqual([]);
      expect(trouble).toEqual([]);
    });

    it('says so when the station stops, and comes back with it', async () => {
      const { port } = new URL(served.url);
      expect(await page.locator('#banner').isVisible()).toBe(false);
      served.close();
      await page.locator('#banner').waitFor({ state: 'visible' });
      expect(await texts('#banner')).toEqual([
        expect.stringContaining('The station does not answer'),
      ]);
      expect(await texts('#link')).toEqual(['no link']);
      const app = new Hono();
      app.route('/', createReadApp(station));
      served = await serveLoopback(app, Number(port));
      await page.locator('#banner').waitFor({ state: 'hidden', timeout: 10_000 });
      expect(await texts('#link')).toEqual(['live']);
    });
  },
);
