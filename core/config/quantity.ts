// Kubernetes quantities (`500m`, `2Gi`) as numbers, to compare them. Pure.

const shape = /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Bytes or processors; undefined if Kubernetes would refuse the text, or if it is negative. */
export function quantity(text: string): number | undefined {
  const [, digits, suffix = ''] = shape.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const factor = factors[suffix];
  return factor === undefined ? Number(digits + suffix) : Number(digits) * factor;
}
