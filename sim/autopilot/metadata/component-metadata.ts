import { crc32 } from '../crc32.ts';
import { eventsMetadata } from './events-metadata.ts';
import { xzFileOf } from './xz.ts';
import { Parameters, type Profile } from '../parameters.ts';

/** A file that clients fetch over MAVLink FTP. */
export interface MetadataFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** As COMPONENT_METADATA and the index carry it. */
  readonly crc: number;
}

const INDEX_PATH = '/etc/extras/component_general.json.xz';
const PARAMETERS_PATH = '/etc/extras/parameters.json.xz';
const EVENTS_PATH = '/etc/extras/all_events.json.xz';
/** COMP_METADATA_TYPE. */
const PARAMETER_METADATA = 1;
const EVENTS_METADATA = 4;

const fileOf = (path: string, content: object): MetadataFile => {
  const bytes = xzFileOf(Buffer.from(JSON.stringify(content)));
  return { path, bytes, crc: crc32(bytes) };
};

/** Names, types and defaults; what they mean stands in PX4's own metadata, which is not copied here. */
const parametersFile = (profile: Profile): MetadataFile => {
  const defaults = new Parameters(profile);
  const parameters = defaults.names.map((name) => ({
    name,
    type: defaults.typeOf(name) === 'int32' ? 'Int32' : 'Float',
    default: defaults.find(name),
    shortDesc: name,
    group: name.slice(0, name.indexOf('_')),
    ...(defaults.isVolatile(name) ? { volatile: true } : {}),
  }));
  return fileOf(PARAMETERS_PATH, { version: 1, parameters });
};

/** As the protocol writes an address: PX4's own has no second slash before the path. */
export const uriOf = ({ path }: MetadataFile): string => `mftp:/${path}`;

const made = new Map<Profile, readonly MetadataFile[]>();

/**
 * The files of the component metadata protocol (mavlink.io/en/services/component_information.html), the
 * index first, as .xz under PX4's names.
 */
export const metadataFilesOf = (profile: Profile): readonly MetadataFile[] => {
  const known = made.get(profile);
  if (known !== undefined) return known;
  const parameters = parametersFile(profile);
  const events = fileOf(EVENTS_PATH, eventsMetadata());
  const index = fileOf(INDEX_PATH, {
    version: 1,
    metadataTypes: [
      { type: PARAMETER_METADATA, uri: uriOf(parameters), fileCrc: parameters.crc },
      { type: EVENTS_METADATA, uri: uriOf(events), fileCrc: events.crc },
    ],
  });
  const files = [index, parameters, events];
  made.set(profile, files);
  return files;
};

/** The file that names the others. */
export const metadataIndexOf = (profile: Profile): MetadataFile => metadataFilesOf(profile)[0]!;
