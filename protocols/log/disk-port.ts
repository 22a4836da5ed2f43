/** No file of a log grows near this; one that does is refused before it is read. */
export const MAX_FILE_BYTES = 1 << 26;

/**
 * One directory, as the log needs it. What is not synced may be lost or arrive in part after a power
 * cut; what a promise below calls durable may not.
 */
export interface Disk {
  /** Names of the files, sorted. */
  list(): Promise<string[]>;
  /** Throws Fault 'log-file-oversize' past `maxBytes`. */
  read(name: string, maxBytes: number): Promise<Uint8Array>;
  /** A new, empty file whose name is durable. Throws Fault 'log-file-exists'. */
  create(name: string): Promise<AppendFile>;
  /** An existing file, to go on at its end. */
  extend(name: string): Promise<AppendFile>;
  /** All or nothing, and durable: a reader sees the old bytes or the new ones. */
  replace(name: string, bytes: Uint8Array): Promise<void>;
}

export interface AppendFile {
  append(bytes: Uint8Array): Promise<void>;
  /** Makes everything appended so far durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
