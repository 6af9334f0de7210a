// Whether bytes are a key of Ed25519 that nobody can sign anything for: browsers take points of small order, too.
const prime = 2n ** 255n - 19n;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (value) => ((value % prime) + prime) % prime;

function power(base, exponent) {
  let [result, square] = [1n, mod(base)];
  for (; exponent > 0n; exponent >>= 1n, square = mod(square * square))
    if (exponent & 1n) result = mod(result * square);
  return result;
}

const d = mod(-121665n * power(121666n, prime - 2n));

// Points in extended coordinates (RFC 8032, 5.1.4).
function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const [a, b] = [mod((y1 - x1) * (y2 - x2)), mod((y1 + x1) * (y2 + x2))];
  const [c, e] = [mod(2n * d * t1 * t2), mod(2n * z1 * z2)];
  const [f, g, h, i] = [mod(b - a), mod(e - c), mod(e + c), mod(b + a)];
  return [mod(f * g), mod(h * i), mod(g * h), mod(f * i)];
}

/** Whether 32 bytes are a point of the group of prime order, in its one spelling. */
export function isSoundPoint(bytes) {
  let y = 0n;
  for (let i = 31; i >= 0; i--) y = 256n * y + BigInt(i === 31 ? bytes[i] & 127 : bytes[i]);
  if (bytes.length !== 32 || y >= prime) return false;
  const [above, below] = [mod(y * y - 1n), mod(d * y * y + 1n)];
  let x = mod(above * power(below, 3n) * power(above * power(below, 7n), (prime - 5n) / 8n));
  if (mod(below * x * x) !== above) x = mod(x * power(2n, (prime - 1n) / 4n));
  if (mod(below * x * x) !== above || x === 0n) return false; // Where x is 0 the order is 1 or 2.
  if ((x & 1n) !== BigInt(bytes[31] >> 7)) x = prime - x;
  let [sum, double] = [[0n, 1n, 1n, 0n], [x, y, 1n, mod(x * y)]];
  for (let left = order; left > 0n; left >>= 1n, double = add(double, double)) if (left & 1n) sum = add(sum, double);
  return sum[0] === 0n && sum[1] === sum[2];
}
