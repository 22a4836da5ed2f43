/** refuse: the vehicle does not arm · warn: a person should know, and may fly. */
export type Severity = 'refuse' | 'warn';

/** One parameter to set, and the value that is safe. */
export interface ParameterFix {
  name: string;
  value: number;
}

/** What a check has against flying now. Texts are for people: short, ASCII, the numbers with units. */
export interface Finding {
  /** For programs; does not change. */
  code: string;
  severity: Severity;
  /** The parameter, message or sensor by PX4's own name. */
  subject: string;
  found: string;
  wanted: string;
  /** What the person can do about it, one imperative sentence. */
  remedy: string;
  /** Parameters that mend it; empty when no parameter can. */
  fix: readonly ParameterFix[];
}

/** A number as a person would write it: a float32's noise is cut off. */
export const numberText = (value: number): string => String(Number(value.toPrecision(6)));
