/**
 * What came of one member's own words by whatever way gossip took: how many, how large, and how many of
 * its numbering are missing. A reboot begins a new numbering.
 */
export interface PeerAccount {
  bytes: number;
  messages: number;
  bootEpoch: number;
  /** The greatest sequence number heard in this boot; −1 = none yet. */
  highest: number;
  window: Window;
  /** The whole window before; undefined until there is one. */
  before: Window | undefined;
}

interface Window {
  startMs: number;
  /** The greatest sequence number when it began. */
  from: number;
  to: number;
  messages: number;
  bytes: number;
}

const WINDOW_MS = 10_000;

const newWindow = (startMs: number, from: number): Window => ({
  startMs,
  from,
  to: from,
  messages: 0,
  bytes: 0,
});

export const emptyAccount = (nowMs: number): PeerAccount => ({
  bytes: 0,
  messages: 0,
  bootEpoch: -1,
  highest: -1,
  window: newWindow(nowMs, -1),
  before: undefined,
});

/** Notes one message of the member's that was taken, each once. */
export const noteWord = (
  account: PeerAccount,
  place: { bootEpoch: number; sequence: number },
  bytes: number,
  nowMs: number,
): void => {
  if (place.bootEpoch > account.bootEpoch) {
    account.bootEpoch = place.bootEpoch;
    // Its first word is where counting begins: what was said before we listened is not lost.
    account.highest = place.sequence - 1;
    account.window = newWindow(nowMs, account.highest);
    account.before = undefined;
  }
  account.bytes += bytes;
  account.messages += 1;
  if (place.bootEpoch < account.bootEpoch) return;
  turn(account, nowMs);
  account.highest = Math.max(account.highest, place.sequence);
  account.window.to = account.highest;
  account.window.messages += 1;
  account.window.bytes += bytes;
};

const turn = (account: PeerAccount, nowMs: number): void => {
  const elapsedMs = nowMs - account.window.startMs;
  if (elapsedMs < WINDOW_MS) return;
  account.before = elapsedMs < 2 * WINDOW_MS ? account.window : undefined;
  account.window = newWindow(nowMs, account.highest);
};

/**
 * Over the last ten to twenty seconds: `loss` is the share of its words that never came or came too late,
 * null where it said nothing; `bytesPerS` counts whole envelopes.
 */
export const recentOf = (
  account: PeerAccount,
  nowMs: number,
): { loss: number | null; bytesPerS: number } => {
  const isOver = nowMs - account.window.startMs >= 2 * WINDOW_MS;
  const windows = isOver ? [] : [account.before, account.window].filter((one) => one !== undefined);
  const sum = (pick: (window: Window) => number): number =>
    windows.reduce((total, window) => total + pick(window), 0);
  const said = sum(({ from, to }) => to - from);
  const spanMs = nowMs - (windows[0]?.startMs ?? nowMs);
  return {
    // A word that came out of order may be counted in the window after its own.
    loss: said > 0 ? Math.max(0, 1 - sum(({ messages }) => messages) / said) : null,
    bytesPerS: spanMs > 0 ? (1000 * sum(({ bytes }) => bytes)) / spanMs : 0,
  };
};
