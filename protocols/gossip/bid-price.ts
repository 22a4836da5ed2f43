/**
 * Prices of the auction: whole numbers of at most eleven significant bits, so exact below 2048 and to
 * 0.1 % above. The grid is the auction's own, not the wire's: whoever bids takes a price from it before
 * anything is compared, so author and hearers compare the same numbers and agree about every tie.
 * Rounding keeps the order of prices, hence also that a bundle's never grow.
 */
const MANTISSA_BITS = 11;
const MANTISSAS = 2 ** MANTISSA_BITS;
const HALF = MANTISSAS / 2;

const MOST_SHIFT = 9;
/** Above every reward, which end at a million; its code takes two bytes as every other above 127. */
export const MAX_PRICE = (MANTISSAS - 1) * 2 ** MOST_SHIFT;
export const MAX_PRICE_CODE = MOST_SHIFT * HALF + MANTISSAS - 1;

const shiftOf = (price: number): number => Math.max(0, 32 - Math.clz32(price) - MANTISSA_BITS);

/** The highest price that is no higher than `value` ≥ 0. */
export const priceBelow = (value: number): number => {
  const whole = Math.min(MAX_PRICE, Math.floor(value));
  const shift = shiftOf(whole);
  return (whole >> shift) << shift;
};

export const isPrice = (value: number): boolean => value >= 0 && priceBelow(value) === value;

/** The prices counted from 0. */
export const priceCode = (price: number): number => {
  const shift = shiftOf(price);
  return shift * HALF + (price >> shift);
};

export const priceOfCode = (code: number): number => {
  const shift = Math.max(0, Math.floor(code / HALF) - 1);
  return (code - shift * HALF) << shift;
};
