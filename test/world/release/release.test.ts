import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexFromBytes } from '#protocols/gossip/identity.ts';
import { generateSigningKey, verifySignature } from '#protocols/gossip/signing.ts';
import { seededRandom } from '#protocols/random.ts';
import { initialParameters, MEMBERS } from '#world/parameter-layout.ts';
import type { ReleaseContent } from '#world/release/manifest.ts';
import { claimedSigner, loadRelease, sealRelease } from '#world/release/release.ts';
import type { Release, ReleaseFiles } from '#world/release/release.ts';
import { OBSERVATION_SIZE } from '#world/spaces.ts';

const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

const content: ReleaseContent = {
  name: 'test-quad',
  version: 3,
  createdUtc: '2026-01-01T00:00:00.000Z',
  normalisation: {
    observationMean: ones(OBSERVATION_SIZE),
    observationDeviation: ones(OBSERVATION_SIZE),
    changeDeviation: ones(7),
  },
  calibration: {
    coverage: 0.9,
    velocityScale: [ones(3)],
    positionScale: [ones(3)],
    disagreement: { falseTripRate: 0.001, thresholdMps: 0.2 },
    innovation: { scale: ones(3), allowance: 1.5, threshold: 20, falseTripsPerHour: 1 },
  },
  baseline: {
    horizontal: { ratePerS: 1.1, gain: 0.95 },
    vertical: { ratePerS: 2.5, gain: 1 },
    horizontalVariance: 0.04,
    verticalVariance: 0.003,
  },
  metrics: {
    velocityRmsMps: 0.4,
    velocityRmsBaselineMps: 0.9,
    velocityRmsConstantMps: 2.9,
    positionRmsM: 0.24,
    positionRmsBaselineM: 0.58,
    positionRmsConstantM: 1.5,
    errorRatio: 0.444,
    coverageVelocity: [0.9, 0.91, 0.89],
    coveragePosition: [0.9, 0.9, 0.9],
    aurocExcitation2x: 0.91,
    aurocExcitation3x: 0.97,
    innovationTripsPerHour: 1,
  },
  data: { source: 'tests', flights: 10, testFlights: 2, transitions: 1000, hours: 0.1, seed: 1 },
  training: { steps: 10, bestStep: 10, batch: 8, horizon: 5, peakRate: 1e-3 },
};

const { key } = generateSigningKey();
const keyHex = hexFromBytes(key.publicKey);
const parameters = initialParameters(seededRandom(1));
const sealed = sealRelease(content, parameters, key);

const load = (files: ReleaseFiles, trusted: string[] = [keyHex]): Release =>
  loadRelease(files, trusted, verifySignature);

const changed = (name: string, change: (bytes: Uint8Array) => Uint8Array): ReleaseFiles =>
  new Map(
    [...sealed].map(([file, bytes]) => [file, file === name ? change(bytes.slice()) : bytes]),
  );

/** The manifest with `edit` applied, signed again by the trusted key: what only its holder can do. */
const resigned = (edit: (manifest: Record<string, unknown>) => void): ReleaseFiles => {
  const manifest = JSON.parse(new TextDecoder().decode(sealed.get('manifest.json'))) as Record<
    string,
    unknown
  >;
  edit(manifest);
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const signature = new TextEncoder().encode(`${keyHex} ${hexFromBytes(key.sign(bytes))}\n`);
  return new Map([...sealed, ['manifest.json', bytes], ['manifest.sig', signature]]);
};

const refusal = (files: ReleaseFiles, trusted?: string[]): unknown => {
  try {
    load(files, trusted);
  } catch (fault) {
    return fault;
  }
  return undefined;
};

describe('a sealed release', () => {
  it('loads under its key, and names itself by its manifest', () => {
    const release = load(sealed);
    expect(release.manifest).toMatchObject({
      name: 'test-quad',
      version: 3,
      metrics: content.metrics,
    });
    expect(release.model).toMatchObject({ id: 'test-quad', version: '3', members: MEMBERS });
    expect(release.signer).toBe(keyHex);
    expect(claimedSigner(sealed)).toBe(keyHex);
    expect(release.kinematics).toMatchObject({ horizontalRate: 1.1, verticalGain: 1 });
    expect(release.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the same bytes for the same content and key', () => {
    expect([...sealRelease(content, parameters, key)]).toEqual([...sealed]);
  });

  it('carries a model card with its figures', () => {
    const card = new TextDecoder().decode(sealed.get('MODEL_CARD.md'));
    expect(card).toContain('# test-quad, version 3');
    expect(card).toContain('0.444');
    expect(card).toContain('## Limits');
  });
});

describe('a release is refused', () => {
  it('whichever byte of whichever file was changed', () => {
    const places = [...sealed].flatMap(([name, bytes]) => [{ name, length: bytes.length }]);
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ({ name, length }, at, flip) => {
          const files = changed(name, (bytes) => {
            bytes[at % length]! ^= flip;
            return bytes;
          });
          expect(refusal(files)).toMatchObject({
            code: expect.stringMatching(
              /^release-(digest-mismatch|signature-invalid|key-untrusted)$/,
            ),
            exit: 'usage',
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('under a key that is not trusted, naming it', () => {
    expect(refusal(sealed, [])).toMatchObject({
      code: 'release-key-untrusted',
      data: { signer: keyHex },
    });
  });

  it('when weights were swapped, naming the file', () => {
    const files = changed('weights.bin', (bytes) => bytes.fill(0, 0, 400));
    expect(refusal(files)).toMatchObject({
      code: 'release-digest-mismatch',
      data: { file: 'weights.bin', field: 'sha256' },
    });
  });

  it.each(['manifest.json', 'manifest.sig', 'weights.bin', 'MODEL_CARD.md'])(
    'without %s',
    (name) => {
      const files = new Map([...sealed].filter(([file]) => file !== name));
      expect(refusal(files)).toMatchObject({ code: 'release-incomplete', data: { file: name } });
    },
  );

  it('with a malformed field, even if it is signed', () => {
    const files = resigned((manifest) =>
      Object.assign(manifest['calibration'] as object, { coverage: 2 }),
    );
    expect(refusal(files)).toMatchObject({
      code: 'release-malformed',
      data: { field: 'calibration.coverage' },
    });
    const unknown = resigned((manifest) => Object.assign(manifest, { surprise: 1 }));
    expect(refusal(unknown)).toMatchObject({ code: 'release-malformed' });
  });

  it('with weights that are not numbers, even if they are signed', () => {
    const ruined = parameters.slice();
    ruined[17] = Number.NaN;
    expect(refusal(sealRelease(content, ruined, key))).toMatchObject({
      code: 'release-malformed',
      data: { file: 'weights.bin', index: 17 },
    });
  });

  it('when it was trained for other sizes', () => {
    const files = resigned((manifest) =>
      Object.assign(manifest['architecture'] as object, { members: 7 }),
    );
    expect(refusal(files)).toMatchObject({
      code: 'release-incompatible',
      data: { field: 'architecture.members', wanted: 5, found: 7 },
    });
  });

  it('with a signature file that is not one', () => {
    expect(refusal(changed('manifest.sig', (bytes) => bytes.subarray(0, 90)))).toMatchObject({
      code: 'release-signature-invalid',
    });
  });
});
