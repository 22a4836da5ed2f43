/** Settings laid over settings; what a layer leaves out or sets undefined shows the one below. */
type Layer<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** `base` with the defined values of each layer in order: how scenario and vehicle override defaults. */
export const overlay = <T extends object>(base: Readonly<T>, ...layers: readonly Layer<T>[]): T => {
  const result: T = { ...base };
  for (const layer of layers) {
    const defined = Object.entries(layer).filter(([, value]) => value !== undefined);
    Object.assign(result, Object.fromEntries(defined));
  }
  return result;
};
