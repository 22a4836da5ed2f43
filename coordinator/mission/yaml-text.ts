import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';

import { Fault } from '#protocols/fault.ts';

export type Path = readonly (string | number)[];

/** Where something stands in its file, for messages: 1-based line and column. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** A YAML file that knows where everything in it stands. */
export class YamlText {
  readonly #file: string;
  readonly #kind: string;
  readonly #counter = new LineCounter();
  readonly #document: Document;

  /**
   * @param kind of file, for the codes of faults
   * Throws Fault 'mission-syntax' (or of the other kind; exit usage) with file, line and column.
   */
  constructor(text: string, file: string, kind: 'mission' | 'scenario' = 'mission') {
    this.#file = file;
    this.#kind = kind;
    this.#document = parseDocument(text, { lineCounter: this.#counter });
    const [problem] = this.#document.errors;
    if (problem === undefined) return;
    const at = this.#at(problem.pos[0]);
    const what = problem.message.split('\n')[0]!;
    throw new Fault(`${kind}-syntax`, `${file}:${at.line}:${at.column}: ${what}`, {
      exit: 'usage',
      data: { ...at },
      remedy: 'Correct the YAML at that place.',
    });
  }

  /** As plain data. Throws Fault 'mission-syntax' where aliases would unfold into more than any such file holds. */
  value(): unknown {
    try {
      return this.#document.toJS();
    } catch (cause) {
      throw new Fault(`${this.#kind}-syntax`, `${this.#file}: its aliases unfold into too much`, {
        exit: 'usage',
        data: { file: this.#file },
        remedy: 'Write the values out instead of using YAML aliases.',
        cause,
      });
    }
  }

  /** Of the value at `path`, or, when it is missing, of what should hold it. */
  placeOf(path: Path): Place {
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.#at(node.range[0]);
    }
    return { file: this.#file, line: 1, column: 1 };
  }

  /** Of the name of the field at `path`. */
  placeOfKey(path: Path): Place {
    const holder: unknown =
      path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    const keys = isMap(holder) ? holder.items.map((item) => item.key) : [];
    const key = keys.find((one) => isScalar(one) && one.value === path.at(-1));
    return isScalar(key) && key.range ? this.#at(key.range[0]) : this.placeOf(path);
  }

  #at(offset: number): Place {
    const { line, col } = this.#counter.linePos(offset);
    return { file: this.#file, line, column: col };
  }
}
