import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Hono } from 'hono';

const pageDirectory = join(dirname(fileURLToPath(import.meta.url)), 'page');
const mapLibreDirectory = dirname(fileURLToPath(import.meta.resolve('maplibre-gl')));

const MAPLIBRE_FILES = ['maplibre-gl.mjs', 'maplibre-gl-worker.mjs', 'maplibre-gl.css'] as const;

const typeOf = (name: string): string => {
  if (name.endsWith('.css')) return 'text/css; charset=utf-8';
  return name.endsWith('.html') ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8';
};

/** Nothing from elsewhere is loaded, and no markup from the air can run. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
  "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * A module of the page as the browser takes it: it cannot strip types, so the server does, as Node
 * does for us, and it knows no package names.
 */
const browserModule = (source: string): string => {
  // Node warns on every start that this function is experimental; an operator cannot act on that.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source).replaceAll("from 'maplibre-gl'", "from '/maplibre-gl.mjs'");
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** Serves the map page's files; each is read once. */
export const createPageApp = (): Hono => {
  const app = new Hono();
  const serve = (path: string, name: string, text: string): void => {
    app.get(path, (context) =>
      context.body(text, 200, {
        'content-type': typeOf(name),
        'content-security-policy': POLICY,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
      }),
    );
  };
  for (const name of readdirSync(pageDirectory)) {
    const text = readFileSync(join(pageDirectory, name), 'utf8');
    if (name.endsWith('.ts')) serve(`/${name}`, name, browserModule(text));
    else serve(name === 'index.html' ? '/' : `/${name}`, name, text);
  }
  for (const name of MAPLIBRE_FILES) {
    serve(`/${name}`, name, readFileSync(join(mapLibreDirectory, name), 'utf8'));
  }
  return app;
};
