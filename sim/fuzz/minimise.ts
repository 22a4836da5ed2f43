/**
 * The fewest of `items`, in their order, that still fail: delta debugging (Zeller and Hildebrandt 2002).
 * `fails` is asked for subsets, never for all of them; none may be left out of the answer.
 */
export const minimise = async <T>(
  items: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> => {
  let left = items;
  let parts = 2;
  if (left.length > 0 && (await fails([]))) return [];
  while (left.length >= 2) {
    const smaller = await firstFailing(complements(left, parts), fails);
    if (smaller !== undefined) {
      left = smaller;
      parts = Math.max(2, parts - 1);
    } else if (parts < left.length) parts = Math.min(left.length, 2 * parts);
    else return left;
  }
  return left;
};

const firstFailing = async <T>(
  candidates: readonly (readonly T[])[],
  fails: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> => {
  for (const one of candidates) if (await fails(one)) return one;
  return undefined;
};

/** All but one of so many parts. */
const complements = <T>(items: readonly T[], parts: number): T[][] =>
  Array.from({ length: parts }, (_, part) => {
    const from = Math.floor((part * items.length) / parts);
    const to = Math.floor(((part + 1) * items.length) / parts);
    return [...items.slice(0, from), ...items.slice(to)];
  });
