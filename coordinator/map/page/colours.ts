/**
 * Told apart by people with any common colour blindness (Okabe and Ito, Color Universal Design, 2008),
 * without its black and dark blue, which drown on a dark ground. Colour never stands alone: each
 * drone's disc bears its number.
 */
const DRONE_COLOURS = ['#56b4e9', '#e69f00', '#2bbf92', '#e58fc0', '#f0e442', '#ff7f3f', '#f2f5f8'];

export const droneColour = (sysid: number): string =>
  DRONE_COLOURS[(sysid - 1) % DRONE_COLOURS.length]!;

/** The map's own colours; page.css repeats those that its legend needs. */
export const MAP_COLOURS = {
  ground: '#141b24',
  beyondFence: '#0a0e13',
  unseen: '#2f5479',
  clear: '#1b2530',
  suspicious: '#c98a1b',
  certain: '#ffd23f',
  cellEdge: '#10161d',
  area: '#d5dee8',
  exclusion: '#8894a3',
  fence: '#ff8a5c',
  obstacle: '#a58f8f',
} as const;
