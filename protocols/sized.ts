/** A table or queue that must stay bounded, as whoever watches it reads it. */
export interface Sized {
  name: string;
  size: number;
  cap: number;
}
