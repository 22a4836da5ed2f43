import { Fault } from '#protocols/fault.ts';

/** How long one waits for a Redis that does not answer, ms. */
export const PATIENCE_MS = 60_000;
/** How long for one that has never answered. */
export const FIRST_ANSWER_MS = 5000;
const RETRY_MS = 500;

/** Without a password that it may hold: for people and logs. */
export const shownUrl = (url: string): string => {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
};

/** Throws Fault 'usage' for what is no address of a Redis. */
export const checkedRedisUrl = (text: string): string => {
  const isOne = URL.canParse(text) && /^rediss?:$/u.test(new URL(text).protocol);
  if (isOne && new URL(text).hostname !== '') return text;
  throw new Fault('usage', `--redis is "${text}", which is no address of a Redis`, {
    data: { option: '--redis', value: text },
    remedy: 'Give one like redis://127.0.0.1:6379 or rediss://user:password@host:6380/2.',
    exit: 'usage',
  });
};

/** For whoever asks and wants an answer: a command fails soon instead of waiting for ever. */
export const ASKING = {
  maxRetriesPerRequest: 1,
  connectTimeout: 3000,
  retryStrategy: () => RETRY_MS,
};

/** For a worker: it waits for its Redis as long as it takes. */
export const WAITING = { maxRetriesPerRequest: null, retryStrategy: () => RETRY_MS };

export const redisLost = (url: string, cause: unknown): Fault =>
  new Fault('redis-lost', `no answer from ${shownUrl(url)}: ${wordsOf(cause)}`, {
    data: { url: shownUrl(url) },
    remedy:
      'See that it runs and can be reached (redis-cli -u URL ping), then give the same command again: what was flown is kept.',
    exit: 'noLink',
    cause,
  });

const wordsOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause);
  return cause.message === ''
    ? ((cause as NodeJS.ErrnoException).code ?? cause.name)
    : cause.message;
};

/** Chunks wait here. The sources' digest is in the name: other sources fly other histories. */
export const queueName = (sources: string): string => `skein-sweep-${sources.slice(0, 12)}`;
