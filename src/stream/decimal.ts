/** An exact decimal number: n × 10^-scale. */
export interface Decimal {
  readonly n: bigint;
  readonly scale: number;
}

/** From JSON number text (or numeric text); undefined for anything else and for exponents beyond 400. */
export function parseDecimal(text: string): Decimal | undefined {
  const found = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
  if (found === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > 400) return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  return scale >= 0 ? {n: digits, scale} : {n: digits * 10n ** BigInt(-scale), scale: 0};
}

/** As a JSON number without exponent, without needless zeros. */
export function decimalText({n, scale}: Decimal): string {
  const negative = n < 0n;
  const digits = String(negative ? -n : n).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

export function addDecimals(a: Decimal, b: Decimal, times = 1n): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return {n: scaled(a, scale) + scaled(b, scale) * times, scale};
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = scaled(a, scale) - scaled(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** How often `step` fits below `value`, rounded down. */
export function floorDivide(value: Decimal, step: Decimal): bigint {
  const scale = Math.max(value.scale, step.scale);
  const a = scaled(value, scale);
  const b = scaled(step, scale);
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

const scaled = (value: Decimal, scale: number): bigint => value.n * 10n ** BigInt(scale - value.scale);
