import { libp2pWorld } from './libp2p-world.ts';
import { meshCompliance } from './mesh-compliance.ts';

meshCompliance('libp2p TCP', libp2pWorld('/ip4/127.0.0.1/tcp/0'));
