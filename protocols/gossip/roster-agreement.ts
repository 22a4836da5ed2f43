import { memberById, type Roster } from './roster.ts';

/** A member and the roster that it goes by. */
interface Holder {
  member: number;
  roster: Roster;
}

const keyOf = (roster: Roster, id: number): string | undefined =>
  memberById(roster, id)?.publicKey.join();

/** Both know each other by the same key, or either would refuse the other's handshake. */
export const agreeOnEachOther = (a: Holder, b: Holder): boolean => {
  const agree = (id: number): boolean => {
    const key = keyOf(a.roster, id);
    return key !== undefined && key === keyOf(b.roster, id);
  };
  return agree(a.member) && agree(b.member);
};
