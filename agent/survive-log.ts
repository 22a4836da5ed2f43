/**
 * What a process says goes to a file or a pipe. When the disk is full or the reader gone, the write
 * fails with an 'error' event on the stream, which would end the process that spoke: a pilot in flight
 * must not fall silent because nobody can read why.
 */
export const surviveLog = (): void => {
  process.stderr.on('error', () => {
    // There is no other place to say it.
  });
};
