import { answersBytes, answersIn, putAnswers, type OrderTag } from './order-tag.ts';

/**
 * What an operator may order at once. Fixed layout (little-endian), because the pilot reads it
 * straight from the signed envelope:
 *   0 u8 kind · 1 u8 flags (bit 0: confirmed, needed by kill) · 2 u16 target count (0 = all) ·
 *   4 u32 directive number (grows per issuer) · 8 targets, u16 sysid each · answers, 8 bytes each.
 */
export const DIRECTIVES = { hold: 1, resume: 2, rtl: 3, land: 4, abort: 5, kill: 6 } as const;

export type DirectiveKind = keyof typeof DIRECTIVES;

export interface Directive {
  kind: DirectiveKind;
  /** Kill only: the second explicit confirmation. */
  confirmed: boolean;
  /** Grows per issuer; beacons echo the last one obeyed. */
  number: number;
  /** sysids; empty = all. */
  targets: number[];
  /** Orders of other operators that its issuer knew: it overrules them. Left out = none. */
  answers?: readonly OrderTag[];
}

export const MAX_DIRECTIVE_TARGETS = 64;

const HEADER_BYTES = 8;

export const encodeDirective = (directive: Directive): Uint8Array => {
  const bytes = new Uint8Array(
    HEADER_BYTES + 2 * directive.targets.length + answersBytes(directive.answers),
  );
  const view = new DataView(bytes.buffer);
  view.setUint8(0, DIRECTIVES[directive.kind]);
  view.setUint8(1, directive.confirmed ? 1 : 0);
  view.setUint16(2, directive.targets.length, true);
  view.setUint32(4, directive.number, true);
  for (const [index, sysid] of directive.targets.entries()) {
    view.setUint16(HEADER_BYTES + 2 * index, sysid, true);
  }
  putAnswers(bytes, HEADER_BYTES + 2 * directive.targets.length, directive.answers);
  return bytes;
};

/** Undefined for anything malformed. */
export const decodeDirective = (payload: Uint8Array): Directive | undefined => {
  if (payload.length < HEADER_BYTES) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const count = view.getUint16(2, true);
  const code = view.getUint8(0);
  const names = Object.keys(DIRECTIVES) as DirectiveKind[];
  const kind = names.find((name) => DIRECTIVES[name] === code);
  if (kind === undefined || view.getUint8(1) > 1) return undefined;
  if (count > MAX_DIRECTIVE_TARGETS || payload.length < HEADER_BYTES + 2 * count) return undefined;
  const answers = answersIn(payload, HEADER_BYTES + 2 * count);
  if (answers === undefined) return undefined;
  const targets: number[] = [];
  for (let index = 0; index < count; index += 1) {
    targets.push(view.getUint16(HEADER_BYTES + 2 * index, true));
  }
  const number = view.getUint32(4, true);
  const directive = { kind, confirmed: view.getUint8(1) === 1, number, targets };
  return answers.length === 0 ? directive : { ...directive, answers };
};

export const directiveTargets = (directive: Directive, sysid: number): boolean =>
  directive.targets.length === 0 || directive.targets.includes(sysid);
