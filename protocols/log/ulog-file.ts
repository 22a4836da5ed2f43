import { readFile, stat } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { Fault } from '../fault.ts';
import { readUlog, type Ulog } from './ulog.ts';

/** An hour of PX4's default logging is about 300 MB. */
const BYTES_MAX = 1 << 30;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Reads a .ulg or .ulg.gz from the disk. Throws the Faults `ulog-missing`, `ulog-oversize` and
 * `ulog-unreadable`.
 */
export const readUlogFile = async (path: string): Promise<Ulog> => {
  const size = await stat(path).then(
    (found) => found.size,
    (cause: unknown) => {
      throw new Fault('ulog-missing', `${path} cannot be opened`, {
        data: { path },
        remedy: 'Check the path and the permissions.',
        exit: 'usage',
        cause,
      });
    },
  );
  if (size > BYTES_MAX) throw oversize(path);
  const bytes = await readFile(path);
  if (!isGzip(bytes)) return readNamed(path, bytes);
  let unpacked: Uint8Array;
  try {
    unpacked = gunzipSync(bytes, { maxOutputLength: BYTES_MAX });
  } catch (cause) {
    const tooLarge = cause instanceof RangeError;
    if (tooLarge) throw oversize(path);
    throw new Fault('ulog-unreadable', `${path} is a damaged gzip file`, {
      data: { path },
      remedy: 'Download the log again.',
      cause,
    });
  }
  return readNamed(path, unpacked);
};

/** The parser knows no file names, and a person with twenty logs wants to know which. */
const readNamed = async (path: string, bytes: Uint8Array): Promise<Ulog> => {
  try {
    return await readUlog(bytes);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const { code, message, data, remedy, exit } = cause;
    throw new Fault(code, `${path}: ${message}`, {
      data: { ...data, path },
      exit,
      cause,
      ...(remedy === undefined ? {} : { remedy }),
    });
  }
};

const oversize = (path: string): Fault =>
  new Fault('ulog-oversize', `${path} is larger than 1 GiB`, {
    data: { path, maxBytes: BYTES_MAX },
    remedy: 'Cut the log, or log fewer topics (SDLOG_PROFILE).',
  });
