/**
 * One dense layer as a WebAssembly kernel of four-lane single precision, written out instruction by instruction: plain
 * JavaScript reaches a tenth of it. It multiplies and adds apart (no fused or relaxed operation), so that every processor gives
 * the same bits. Rows of inputs and outputs stand ROW_FLOATS apart.
 */

/** Floats from one row to the next. */
export const ROW_FLOATS = 80;
/** Outputs that are made at a time. */
export const BLOCK = 8;
/** Inputs are taken this many at a time. */
export const UNROLL = 4;
/** Most rows that share one reading of the weights: five times two accumulators fill the registers of x64. */
const MOST_ROWS = 5;
const USUAL_ROWS = 4;

const FLOAT_BYTES = 4;
const VECTOR_BYTES = 16;
const ROW_BYTES = ROW_FLOATS * FLOAT_BYTES;
const BLOCK_BYTES = BLOCK * FLOAT_BYTES;

type Code = readonly number[];

/** LEB128. */
const natural = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...natural(value >>> 7)];
const list = (items: readonly Code[]): number[] => [...natural(items.length), ...items.flat()];
const sized = (code: Code): number[] => [...natural(code.length), ...code];
const section = (id: number, content: Code): number[] => [id, ...sized(content)];
const text = (value: string): number[] => sized(Array.from(new TextEncoder().encode(value)));

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
const get = (local: number): Code => [0x20, ...natural(local)];
const set = (local: number): Code => [0x21, ...natural(local)];
/** Alignment 4 bytes. */
const at = (offset: number): Code => [2, ...natural(offset)];
const loadVector = (offset: number): Code => [0xfd, 0x00, ...at(offset)];
const loadSplat = (offset: number): Code => [0xfd, 0x09, ...at(offset)];
const storeVector = (offset: number): Code => [0xfd, 0x0b, ...at(offset)];
const SPLAT: Code = [0xfd, 0x13];
const ADD: Code = [0xfd, 0xe4, 0x01];
const MULTIPLY: Code = [0xfd, 0xe6, 0x01];
const GREATER: Code = [0xfd, 0xe9, 0x01];
const END: Code = [0x0b];
/** Signed LEB128 of two bytes. */
const signed = (value: number): Code => [(value & 0x7f) | 0x80, (value >> 7) & 0x7f];
/** Adds to an integer local; `bytes` below 2¹³. */
const advance = (local: number, bytes: number): Code => [
  ...get(local),
  0x41,
  ...signed(bytes),
  0x6a,
  ...set(local),
];
/** Runs `body`, then again while the counter, less by one each time, is not zero. */
const repeat = (counter: number, body: Code): Code => [
  0x03,
  0x40,
  ...body,
  ...advance(counter, -1),
  ...get(counter),
  0x0d,
  0x00,
  ...END,
];

/** Parameters and locals of a kernel, by their numbers. */
const X = 0;
const W = 1;
const OUT = 2;
const TURNS = 3;
const BLOCKS = 4;
const FLOOR = 5;
const INPUT = 6;
const COUNTER = 7;
const FLOORS = 8;
const LEFT = 9;
const RIGHT = 10;
const SAME = 11;
const SUMS = 12;
const PARAMETERS: Code = [I32, I32, I32, I32, I32, F32];

const each = <T>(count: number, make: (index: number) => readonly T[]): T[] =>
  Array.from({ length: count }, (_, index) => make(index)).flat();

/** The two vectors in which row `row` sums up its eight outputs. */
const sumOf = (row: number, half: number): number => SUMS + 2 * row + half;

const accumulate = (row: number, half: number): Code => [
  ...get(sumOf(row, half)),
  ...get(SAME),
  ...get(half === 0 ? LEFT : RIGHT),
  ...MULTIPLY,
  ...ADD,
  ...set(sumOf(row, half)),
];

/** Input number `input` of the turn: its eight weights, and one product with each for every row. */
const take = (rows: number, input: number): Code => [
  ...get(W),
  ...loadVector(input * BLOCK_BYTES),
  ...set(LEFT),
  ...get(W),
  ...loadVector(input * BLOCK_BYTES + VECTOR_BYTES),
  ...set(RIGHT),
  ...each(rows, (row) => [
    ...get(INPUT),
    ...loadSplat(row * ROW_BYTES + input * FLOAT_BYTES),
    ...set(SAME),
    ...accumulate(row, 0),
    ...accumulate(row, 1),
  ]),
];

const start = (rows: number): Code =>
  each(2 * rows, (index) => [
    ...get(W),
    ...loadVector((index % 2) * VECTOR_BYTES),
    ...set(sumOf(index >> 1, index % 2)),
  ]);

const store = (rows: number): Code =>
  each(2 * rows, (index) => [
    ...get(OUT),
    ...get(sumOf(index >> 1, index % 2)),
    ...get(FLOORS),
    ...GREATER,
    ...storeVector((index >> 1) * ROW_BYTES + (index % 2) * VECTOR_BYTES),
  ]);

/** All outputs of `rows` rows, eight at a time. */
const kernel = (rows: number): Code => {
  const turn = [
    ...each(UNROLL, (input) => take(rows, input)),
    ...advance(INPUT, UNROLL * FLOAT_BYTES),
    ...advance(W, UNROLL * BLOCK_BYTES),
  ];
  const block = [
    ...start(rows),
    ...advance(W, BLOCK_BYTES),
    ...get(X),
    ...set(INPUT),
    ...get(TURNS),
    ...set(COUNTER),
    ...repeat(COUNTER, turn),
    ...store(rows),
    ...advance(OUT, BLOCK_BYTES),
  ];
  const body = [...get(FLOOR), ...SPLAT, ...set(FLOORS), ...repeat(BLOCKS, block), ...END];
  const locals = list([
    [2, I32],
    [...natural(4 + 2 * rows), V128],
  ]);
  return sized([...locals, ...body]);
};

const moduleBytes = (pages: number): Uint8Array<ArrayBuffer> => {
  const rows = Array.from({ length: MOST_ROWS }, (_, index) => index + 1);
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, list([[0x60, ...sized(PARAMETERS), 0]])),
    ...section(3, list(rows.map(() => [0]))),
    ...section(5, list([[0, ...natural(pages)]])),
    ...section(
      7,
      list([[...text('memory'), 2, 0], ...rows.map((row) => [...text(`rows${row}`), 0, row - 1])]),
    ),
    ...section(10, list(rows.map(kernel))),
  ]);
};

type Kernel = (
  x: number,
  weights: number,
  out: number,
  turns: number,
  blocks: number,
  floor: number,
) => void;

/** A layer's weights in the kernel's memory, as {@link DenseKernel.place} left them. */
export interface PlacedLayer {
  /** Byte address; per block of outputs its biases, then its weights input by input. */
  weights: number;
  /** Inputs over UNROLL. */
  turns: number;
  /** Outputs over BLOCK. */
  blocks: number;
}

const PAGE_BYTES = 65_536;
/** A line of the processor's cache: nothing shares one. */
const LINE_FLOATS = 16;

/** The kernel with a memory of its own, in which everything it works on stands. */
export class DenseKernel {
  /** All of the memory. */
  readonly floats: Float32Array;
  readonly #kernels: readonly Kernel[];
  #used = 0;

  constructor(floats: number) {
    const pages = Math.ceil((floats * FLOAT_BYTES) / PAGE_BYTES);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(pages)));
    this.floats = new Float32Array((exports['memory'] as WebAssembly.Memory).buffer);
    this.#kernels = Array.from(
      { length: MOST_ROWS },
      (_, index) => exports[`rows${index + 1}`] as unknown as Kernel,
    );
  }

  /** Takes `count` floats, zero, and says at which one they begin. */
  reserve(count: number): number {
    const from = this.#used;
    this.#used += LINE_FLOATS * Math.ceil(count / LINE_FLOATS);
    return from;
  }

  /** Lays weights [inputs × outputs] and biases [outputs] out; both sizes filled up with zeros to whole turns and blocks. */
  place(weights: ArrayLike<number>, bias: ArrayLike<number>, inputs: number): PlacedLayer {
    const outputs = bias.length;
    const turns = Math.ceil(inputs / UNROLL);
    const blocks = Math.ceil(outputs / BLOCK);
    const blockFloats = BLOCK * (1 + UNROLL * turns);
    const from = this.reserve(blocks * blockFloats);
    for (let output = 0; output < outputs; output += 1) {
      const to = from + Math.floor(output / BLOCK) * blockFloats + (output % BLOCK);
      this.floats[to] = bias[output]!;
      for (let input = 0; input < inputs; input += 1) {
        this.floats[to + BLOCK * (1 + input)] = weights[input * outputs + output]!;
      }
    }
    return { weights: from * FLOAT_BYTES, turns, blocks };
  }

  /** Gives a placed layer other biases, as they stand in memory from float `bias` on. */
  setBias(layer: PlacedLayer, bias: number): void {
    const blockFloats = BLOCK * (1 + UNROLL * layer.turns);
    for (let block = 0; block < layer.blocks; block += 1) {
      const to = layer.weights / FLOAT_BYTES + block * blockFloats;
      this.floats.copyWithin(to, bias + block * BLOCK, bias + (block + 1) * BLOCK);
    }
  }

  /** out = max(floor, x·W + b) for `rows` rows from float `x` on, into those from float `out` on. */
  run(layer: PlacedLayer, x: number, out: number, rows: number, floor: number): void {
    const { weights, turns, blocks } = layer;
    for (let row = 0; row < rows;) {
      const left = rows - row;
      const together = left <= MOST_ROWS ? left : USUAL_ROWS;
      const offset = row * ROW_FLOATS;
      this.#kernels[together - 1]!(
        (x + offset) * FLOAT_BYTES,
        weights,
        (out + offset) * FLOAT_BYTES,
        turns,
        blocks,
        floor,
      );
      row += together;
    }
  }
}
