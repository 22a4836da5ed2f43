const NAMESPACE = 'http://www.w3.org/2000/svg';

/** A new SVG element; text in it is text, never markup. */
export const svg = (
  tag: string,
  attributes: Record<string, string | number>,
  text = '',
): SVGElement => {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, `${value}`);
  if (text !== '') made.textContent = text;
  return made;
};

/** With a tooltip, which screen readers read too. */
export const titled = (made: SVGElement, title: string): SVGElement => {
  made.prepend(svg('title', {}, title));
  return made;
};

export const html = (tag: string, className: string, text = ''): HTMLElement => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
};

/** The element of the page's own markup that a selector means. */
export const found = <T extends Element = HTMLElement>(selector: string): T => {
  const one = document.querySelector<T>(selector);
  if (one === null) throw new Error(`the page lacks ${selector}`);
  return one;
};

/** Told apart by people with any common colour blindness (Okabe and Ito, 2008); numbers stand beside. */
const INKS = ['#56b4e9', '#e69f00', '#2bbf92', '#e58fc0', '#f0e442', '#ff7f3f', '#f2f5f8'];

export const ink = (sysid: number): string => INKS[(sysid - 1) % INKS.length]!;

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
