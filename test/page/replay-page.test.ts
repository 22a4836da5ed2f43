import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openPlanner } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { happeningsOf, replayDataOf } from '#coordinator/replay/replay-data-of.ts';
import { replayPage } from '#coordinator/replay/replay-page-file.ts';
import type { ReplayData } from '#coordinator/replay/replay-data.ts';
import { EpisodeTrace } from '#sim/episode/episode-trace.ts';
import { JudgedEpisode } from '#sim/episode/judged-episode.ts';
import { fuzzEpisode } from '#sim/fuzz/fuzz-episode.ts';
import { CHROMIUM_FLAGS, chromiumPath } from './chromium.ts';

const SOON = { timeout: 10_000 };
const HOSTILE = '</script><img src=x onerror=alert(1)>';

/** Two drones that are jammed and lose a process on their way up, cut off in flight. */
const flown = async (): Promise<ReplayData> => {
  const planner = await openPlanner(
    { modelDir: null, modelSignersHex: [] },
    { ...PLAN_SETTINGS, samples: 32 },
  );
  const mission = { ...loadMission('missions/search-irchel-corner.yaml'), name: HOSTILE };
  const drawn = fuzzEpisode(1, { mission, drones: 2, kinds: [], samples: 32 }, planner);
  const options = {
    ...drawn,
    untilMs: 24_000,
    faults: [
      { kind: 'jammer' as const, atMs: 14_000, northM: 10, eastM: 20, radiusM: 30, forMs: 4000 },
      { kind: 'kill' as const, atMs: 21_000, sysid: 2, process: 'pilot' as const },
    ],
  };
  const judged = new JudgedEpisode(options);
  const { data: trace } = new EpisodeTrace(judged.episode);
  const verdict = await judged.run();
  await planner.close();
  const happenings = happeningsOf(judged, options, verdict);
  return replayDataOf(options, verdict, {
    trace,
    happenings,
    command: 'skein sim replay --seed 1',
  });
};

describe.skipIf(chromiumPath === undefined)(
  'the page of a replay (skipped without Chromium)',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'skein-replay-'));
    const trouble: string[] = [];
    let data: ReplayData;
    let browser: Browser;
    let page: Page;

    const goTo = (ms: number): Promise<void> => page.locator('#time').fill(`${ms}`);
    const count = (selector: string): Promise<number> => page.locator(selector).count();
    const clockS = async (): Promise<number> =>
      Number.parseFloat((await page.locator('#clock').textContent()) ?? '');

    beforeAll(async () => {
      data = await flown();
      const path = join(directory, 'replay.html');
      writeFileSync(path, replayPage(data));
      browser = await chromium.launch({ executablePath: chromiumPath!, args: CHROMIUM_FLAGS });
      page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      page.on('console', (message) => trouble.push(message.text()));
      page.on('pageerror', (error) => trouble.push(error.message));
      page.on('request', (request) => {
        if (!/^(file|data):/u.test(request.url())) trouble.push(request.url());
      });
      await page.goto(pathToFileURL(path).href);
      await page.locator('.drone').last().waitFor();
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      rmSync(directory, { recursive: true, force: true });
    });

    it('is one file that loads nothing and takes a hostile name for text', async () => {
      expect(trouble).toEqual([]);
      expect(await page.locator('h1').textContent()).toContain(HOSTILE);
      expect(await count('img')).toBe(0);
    });

    it('begins shortly before the first violation, and says how many there are', async () => {
      const first = data.happenings.find(({ kind }) => kind === 'violation')!;
      expect(await page.locator('.verdict').textContent()).toMatch(/\d violations/u);
      expect(await clockS()).toBeCloseTo(first.atMs / 1000 - 3, 0);
      await goTo(first.atMs);
      expect(await count('.violated')).toBe(first.sysids.length);
    });

    it('shows every drone where it truly was', async () => {
      await goTo(20_000);
      const { northM, eastM, heightM } = data.trace.drones[0]!;
      const index = 20_000 / data.trace.stepMs - 1;
      const disc = page.locator('.drone').first();
      expect(Number(await disc.getAttribute('cx'))).toBe(eastM[index]);
      expect(Number(await disc.getAttribute('cy'))).toBe(-northM[index]!);
      expect(heightM[index]).toBeGreaterThan(3);
      expect(await page.locator('#now tr').first().textContent()).toContain(
        `${heightM[index]!.toFixed(1)} m`,
      );
    });

    it('shows links as they were: good before the jammer, poor under it, which is on the map', async () => {
      await goTo(12_000);
      expect([await count('.link.good'), await count('.jammer')]).toEqual([3, 0]);
      await goTo(16_000);
      expect(await count('.jammer')).toBe(1);
      expect(await count('.link.poor')).toBeGreaterThan(0);
      expect(await count('.trouble')).toBe(2);
    });

    it('shows what the drones announced, and which process was dead', async () => {
      await goTo(23_000);
      expect(await count('.intent')).toBeGreaterThan(0);
      await goTo(21_200);
      expect(await page.locator('#now').textContent()).toContain('dead: pilot');
    });

    it('goes where a click in the list sends it, and hides what is not wanted', async () => {
      const fault = data.happenings.find(({ kind }) => kind === 'fault')!;
      await page.locator('#events .fault button').first().click();
      expect(await clockS()).toBeCloseTo(fault.atMs / 1000, 1);
      await page.getByLabel(/modes/u).uncheck();
      expect(await page.locator('#events .mode').first().isVisible()).toBe(false);
      await page.getByLabel('links').uncheck();
      expect(await page.locator('#links').isVisible()).toBe(false);
    });

    it('plays, pauses, and obeys the keyboard', async () => {
      await goTo(10_000);
      await page.locator('#play').click();
      await vi.waitFor(async () => expect(await clockS()).toBeGreaterThan(11), SOON);
      await page.locator('#play').click();
      const pausedS = await clockS();
      await page.locator('#map').click();
      await page.keyboard.press('ArrowLeft');
      expect(await clockS()).toBeCloseTo(pausedS - 1, 1);
      await page.keyboard.press('End');
      expect(await clockS()).toBeCloseTo(data.endMs / 1000, 1);
    });
  },
);
