/** The element of the page's own markup that a selector means. */
export const element = (selector: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`the page lacks ${selector}`);
  return found;
};

/** A new element with text, never markup: names and reasons come over the air. */
export const textElement = (tag: string, className: string, text = ''): HTMLElement => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
};

/** Below this share of charge a battery is drawn as low. */
const LOW_BATTERY_PERCENT = 30;

/** A bar as long as the charge; low ones differ by shape too. */
export const batteryBar = (percent: number): HTMLElement => {
  const bar = textElement('span', percent < LOW_BATTERY_PERCENT ? 'battery low' : 'battery');
  const charge = textElement('span', 'charge');
  charge.style.width = `${Math.max(0, Math.min(100, percent))}%`;
  bar.append(charge);
  return bar;
};
