/** Text that is already markup; everything else is escaped when it meets a {@link markup} template. */
export interface Markup {
  readonly text: string;
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/gu, (found) => ESCAPES[found]!);

type Part = string | number | Markup | readonly Part[];

const written = (part: Part): string => {
  if (typeof part === 'number') return `${part}`;
  if (typeof part === 'string') return escaped(part);
  return 'text' in part ? part.text : part.map(written).join('');
};

/**
 * HTML or SVG from a template: values are text, and become markup only when a template made them.
 * Names come over the air; a report opens in a browser.
 */
export const markup = (fixed: TemplateStringsArray, ...parts: Part[]): Markup => ({
  text: fixed
    .map((text, index) => text + (index < parts.length ? written(parts[index]!) : ''))
    .join(''),
});

export const NOTHING: Markup = { text: '' };
