import { Fault } from '#protocols/fault.ts';
import type { FaultData } from '#protocols/fault.ts';
import { hexFromBytes, publicKeyFromHex, SIGNATURE_BYTES } from '#protocols/gossip/identity.ts';
import type { SigningKey, Verify } from '#protocols/gossip/signing.ts';
import type { KinematicParameters } from '../kinematics.ts';
import { latentModel, type LatentContent } from '../latent.ts';
import type { DynamicsModel } from '../model.ts';
import { PARAMETER_COUNT } from '../parameter-layout.ts';
import type { Calibration } from '../uncertainty.ts';
import { kinematicsOf } from './baseline.ts';
import { sha256Hex } from './digest.ts';
import {
  ARCHITECTURE,
  CARD_FILE,
  MANIFEST_FILE,
  manifestSchema,
  SIGNATURE_FILE,
  WEIGHTS_FILE,
} from './manifest.ts';
import type { Manifest, ReleaseContent } from './manifest.ts';
import { modelCard } from './model-card.ts';

/** A release as bytes: the files of its directory by name. */
export type ReleaseFiles = ReadonlyMap<string, Uint8Array>;

/** A verified release, ready to fly. */
export interface Release {
  readonly manifest: Manifest;
  /** Hex SHA-256 of manifest.json: names this release in records and beacons. */
  readonly digest: string;
  /** Hex of the raw public key that signed it. */
  readonly signer: string;
  readonly model: DynamicsModel;
  /** What `model` is made of. */
  readonly content: LatentContent;
  readonly calibration: Calibration;
  /** The fitted analytic model of the same vehicle, for `kinematicsModel`. */
  readonly kinematics: KinematicParameters;
}

/** Longest files that are looked at: a release is about half a megabyte. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

const FETCH_AGAIN = 'Fetch the release again, or fly by the analytic model (--no-model).';

const refuse = (code: string, message: string, data: FaultData, remedy = FETCH_AGAIN): Fault =>
  new Fault(code, message, { data, remedy, exit: 'usage' });

const fileOf = (files: ReleaseFiles, name: string): Uint8Array => {
  const bytes = files.get(name);
  if (bytes === undefined) {
    throw refuse('release-incomplete', `the release has no ${name}`, { file: name });
  }
  if (bytes.length > MAX_FILE_BYTES) {
    throw refuse('release-malformed', `${name} is longer than any release`, {
      file: name,
      bytes: bytes.length,
    });
  }
  return bytes;
};

/** `manifest.sig` is one line: raw public key and signature in hex. */
const readSignature = (files: ReleaseFiles): { signer: string; signature: Uint8Array } => {
  const text = new TextDecoder().decode(fileOf(files, SIGNATURE_FILE));
  const match = /^([0-9a-f]{64}) ([0-9a-f]{128})\n?$/u.exec(text);
  if (match === null) {
    throw refuse(
      'release-signature-invalid',
      `${SIGNATURE_FILE} is not a key and a signature in hex`,
      {
        file: SIGNATURE_FILE,
      },
    );
  }
  const [, signer, hex] = match;
  const signature = Uint8Array.from({ length: SIGNATURE_BYTES }, (_, index) =>
    Number.parseInt(hex!.slice(2 * index, 2 * index + 2), 16),
  );
  return { signer: signer!, signature };
};

/** Who claims to have signed these files. Only {@link loadRelease} finds out whether it is true. */
export const claimedSigner = (files: ReleaseFiles): string => readSignature(files).signer;

const verifySigner = (
  files: ReleaseFiles,
  trustedKeys: readonly string[],
  verify: Verify,
): string => {
  const { signer, signature } = readSignature(files);
  if (!trustedKeys.includes(signer)) {
    throw refuse(
      'release-key-untrusted',
      `the release is signed by ${signer.slice(0, 16)}…, which is not a trusted release key`,
      { file: SIGNATURE_FILE, signer },
      'Add the key to the trusted release keys if you know whose it is.',
    );
  }
  if (!verify(publicKeyFromHex(signer)!, fileOf(files, MANIFEST_FILE), signature)) {
    throw refuse(
      'release-signature-invalid',
      `${MANIFEST_FILE} is not what ${signer.slice(0, 16)}… signed`,
      {
        file: MANIFEST_FILE,
        signer,
      },
    );
  }
  return signer;
};

const parseManifest = (bytes: Uint8Array): Manifest => {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw refuse('release-malformed', `${MANIFEST_FILE} is not JSON: ${String(cause)}`, {
      file: MANIFEST_FILE,
    });
  }
  const parsed = manifestSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw refuse(
      'release-malformed',
      `${MANIFEST_FILE}: ${field}: ${issue?.message ?? 'invalid'}`,
      {
        file: MANIFEST_FILE,
        field,
      },
    );
  }
  return parsed.data;
};

const verifyDigests = (files: ReleaseFiles, manifest: Manifest): void => {
  for (const { name, bytes, sha256 } of manifest.files) {
    const content = fileOf(files, name);
    if (content.length !== bytes || sha256Hex(content) !== sha256) {
      throw refuse('release-digest-mismatch', `${name} is not the file that was signed`, {
        file: name,
        field: 'sha256',
        wanted: sha256,
        found: sha256Hex(content),
      });
    }
  }
};

const readWeights = (files: ReleaseFiles, manifest: Manifest): Float32Array => {
  for (const [field, wanted] of Object.entries(ARCHITECTURE)) {
    const found = manifest.architecture[field as keyof typeof ARCHITECTURE];
    if (found !== wanted) {
      throw refuse(
        'release-incompatible',
        `the release's ${field} is ${found}, this build runs ${wanted}`,
        { file: MANIFEST_FILE, field: `architecture.${field}`, wanted, found },
        'Train a release with this version of skein.',
      );
    }
  }
  const bytes = fileOf(files, WEIGHTS_FILE);
  const named = manifest.files.some((file) => file.name === WEIGHTS_FILE);
  if (!named || bytes.length !== 4 * PARAMETER_COUNT) {
    throw refuse(
      'release-malformed',
      `${WEIGHTS_FILE} does not hold ${PARAMETER_COUNT} signed numbers`,
      {
        file: WEIGHTS_FILE,
        bytes: bytes.length,
      },
    );
  }
  const weights = new Float32Array(bytes.slice().buffer);
  const bad = weights.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw refuse('release-malformed', `${WEIGHTS_FILE}: number ${bad} is not finite`, {
      file: WEIGHTS_FILE,
      index: bad,
    });
  }
  return weights;
};

/**
 * Verifies a release, then parses it, in this order: trusted key, signature over the manifest's bytes, manifest,
 * digests of all files, sizes, weights. Nothing unsigned is ever parsed.
 * @param trustedKeys raw Ed25519 public keys, lower-case hex.
 * Throws Faults (exit usage, with file, field and remedy): `release-incomplete`, `release-key-untrusted`,
 * `release-signature-invalid`, `release-malformed`, `release-digest-mismatch`, `release-incompatible`.
 */
export const loadRelease = (
  files: ReleaseFiles,
  trustedKeys: readonly string[],
  verify: Verify,
): Release => {
  const signer = verifySigner(files, trustedKeys, verify);
  const manifestBytes = fileOf(files, MANIFEST_FILE);
  const manifest = parseManifest(manifestBytes);
  verifyDigests(files, manifest);
  const parameters = readWeights(files, manifest);
  const { name, version, normalisation, calibration, baseline } = manifest;
  const content = { name, version: String(version), normalisation, parameters };
  return {
    manifest,
    digest: sha256Hex(manifestBytes),
    signer,
    model: latentModel(content),
    content,
    calibration,
    kinematics: kinematicsOf(baseline),
  };
};

const fileEntry = (name: string, bytes: Uint8Array): Manifest['files'][number] => ({
  name,
  bytes: bytes.length,
  sha256: sha256Hex(bytes),
});

/** Writes and signs a release: manifest.json, manifest.sig, weights.bin, MODEL_CARD.md. */
export const sealRelease = (
  content: ReleaseContent,
  parameters: Float32Array,
  key: Pick<SigningKey, 'publicKey' | 'sign'>,
): ReleaseFiles => {
  const encoder = new TextEncoder();
  const weights = new Uint8Array(parameters.slice().buffer);
  const card = encoder.encode(modelCard(content));
  const manifest: Manifest = {
    format: 'skein-release/1',
    ...content,
    architecture: ARCHITECTURE,
    files: [fileEntry(WEIGHTS_FILE, weights), fileEntry(CARD_FILE, card)],
  };
  const manifestBytes = encoder.encode(`${JSON.stringify(manifest, null, 2)}\n`);
  const signature = hexFromBytes(key.sign(manifestBytes));
  return new Map([
    [MANIFEST_FILE, manifestBytes],
    [SIGNATURE_FILE, encoder.encode(`${hexFromBytes(key.publicKey)} ${signature}\n`)],
    [WEIGHTS_FILE, weights],
    [CARD_FILE, card],
  ]);
};
