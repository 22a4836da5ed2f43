import { McapWriter } from '@mcap/core';
import { constants, zstdCompressSync } from 'node:zlib';

import { TRACK_TOPICS, type TrackMessage, type TrackTopic } from './track.ts';

/** Where the bytes of a file go, in order. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
  readonly bytes: number;
}

const CHUNK_BYTES = 1 << 20;
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

/** Writes a track as MCAP with JSON messages and their schemas: Foxglove and PlotJuggler open it. */
export class TrackMcap {
  readonly #writer: McapWriter;
  readonly #channels = new Map<TrackTopic, number>();
  readonly #sequences = new Map<TrackTopic, number>();

  private constructor(writer: McapWriter) {
    this.#writer = writer;
  }

  static async start(sink: ByteSink): Promise<TrackMcap> {
    const writer = new McapWriter({
      chunkSize: CHUNK_BYTES,
      compressChunk: (chunk) => ({
        compression: 'zstd',
        compressedData: zstdCompressSync(chunk, ZSTD),
      }),
      writable: {
        // The library reuses its buffer, and the sink keeps what it gets.
        write: (bytes) => sink.write(Uint8Array.from(bytes)),
        position: () => BigInt(sink.bytes),
      },
    });
    await writer.start({ profile: '', library: 'skein' });
    return new TrackMcap(writer);
  }

  async add({ topic, timeUs, value }: TrackMessage): Promise<void> {
    const channelId = this.#channels.get(topic) ?? (await this.#open(topic));
    const sequence = this.#sequences.get(topic) ?? 0;
    this.#sequences.set(topic, sequence + 1);
    const logTime = timeUs * 1000n;
    const data = Buffer.from(JSON.stringify(value));
    await this.#writer.addMessage({ channelId, sequence, logTime, publishTime: logTime, data });
  }

  /** Writes the index; afterwards the file is whole. Returns messages by topic. */
  async end(): Promise<Record<string, number>> {
    await this.#writer.end();
    return Object.fromEntries(this.#sequences);
  }

  async #open(topic: TrackTopic): Promise<number> {
    const { schema, jsonSchema } = TRACK_TOPICS[topic];
    const schemaId = await this.#writer.registerSchema({
      name: schema,
      encoding: 'jsonschema',
      data: Buffer.from(JSON.stringify(jsonSchema)),
    });
    const channelId = await this.#writer.registerChannel({
      topic,
      schemaId,
      messageEncoding: 'json',
      metadata: new Map(),
    });
    this.#channels.set(topic, channelId);
    return channelId;
  }
}
