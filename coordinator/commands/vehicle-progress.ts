const PERIOD_MS = 150;

/** Shows how far something is on the terminal while it lasts; nothing where no person watches. */
export const withProgress = async <T>(
  text: () => string | undefined,
  work: Promise<T>,
): Promise<T> => {
  if (!process.stderr.isTTY) return work;
  const timer = setInterval(() => {
    const line = text();
    if (line !== undefined) process.stderr.write(`\r\u001B[K${line}`);
  }, PERIOD_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    process.stderr.write('\r\u001B[K');
  }
};
