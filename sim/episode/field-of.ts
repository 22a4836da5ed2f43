import type { ProfileName, RadioExtra } from '../radio/profile.ts';
import { RadioField, type Jammer, type Place, type RadioRange } from '../radio/radio-field.ts';

export interface EpisodeRadio {
  base: ProfileName;
  range: RadioRange;
  /** What every link has on top of its profile. */
  extra?: RadioExtra | undefined;
  /** Places where reception is as P4 says, from beginning to end. */
  jammed?: readonly Jammer[] | undefined;
}

/** What stands between the members of an episode, with the zones that are jammed from its start. */
export const fieldOf = (
  { base, range, extra, jammed = [] }: EpisodeRadio,
  placeOf: (member: number) => Place | undefined,
): RadioField => {
  const field = new RadioField(base, range, placeOf, extra);
  for (const [index, zone] of jammed.entries()) field.jam(`zone-${index}`, zone);
  return field;
};
