import type { GoalId } from './goal-id.ts';
import type { LayoutReader } from './layout-reader.ts';
import type { LayoutWriter } from './layout-writer.ts';

const U16 = 0xff_ff;
const U32 = 0xff_ff_ff_ff;

/** Three varints: four bytes as a rule. */
export const writeGoalId = (writer: LayoutWriter, id: GoalId): void => {
  writer.whole(id.issuer, U16, 'goal.issuer');
  writer.whole(id.epoch, U32, 'goal.epoch');
  writer.whole(id.sequence, U32, 'goal.sequence');
};

export const readGoalId = (reader: LayoutReader): GoalId => ({
  issuer: reader.whole(U16),
  epoch: reader.whole(U32),
  sequence: reader.whole(U32),
});
