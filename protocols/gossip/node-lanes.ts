import { openNode, type MeshNode, type NodeOptions } from './node.ts';
import { openMulticast, type MulticastSettings } from './udp-multicast.ts';

export interface LanesOptions extends NodeOptions {
  /** Left out: no fast lane, gossip carries all. */
  multicast?: MulticastSettings | undefined;
}

/** A mesh over libp2p, with UDP multicast as its fast lane as far as that is open. Throws as {@link openNode}. */
export const openLanes = async (options: LanesOptions): Promise<MeshNode> => {
  const { multicast, handlers } = options;
  const node = await openNode(options);
  if (multicast === undefined) {
    return { ...node, castTrouble: () => 'no multicast group is configured' };
  }
  const door = openMulticast(multicast, (bytes) => handlers.onCast(bytes));
  const cast = (bytes: Uint8Array): void => door.send(bytes);
  return {
    ...node,
    get cast() {
      return door.isOpen ? cast : undefined;
    },
    castTrouble: () => door.trouble,
    close: () => {
      door.close();
      return node.close();
    },
  };
};
