import type { Random } from '#protocols/random.ts';

export const pick = <T>(values: readonly T[], random: Random): T =>
  values[Math.floor(values.length * random.uniform())]!;

/** A whole number from `low` to `high`. */
export const between = (low: number, high: number, random: Random): number =>
  Math.round(low + (high - low) * random.uniform());

/** A real number from `low` to `high`. */
export const within = (low: number, high: number, random: Random): number =>
  low + (high - low) * random.uniform();

export const around = (reach: number, random: Random): number => reach * (2 * random.uniform() - 1);

/** Two different members. */
export const pickTwo = <T>(values: readonly T[], random: Random): [T, T] => {
  const first = pick(values, random);
  return [
    first,
    pick(
      values.filter((one) => one !== first),
      random,
    ),
  ];
};

/** The same in another order (Fisher and Yates). */
export const shuffled = <T>(values: readonly T[], random: Random): T[] => {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor((last + 1) * random.uniform());
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
};
