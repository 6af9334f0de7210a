// Bytes, hashes and texts, as log.md writes them.
export const bytesOf = (text) => new TextEncoder().encode(text);

/** What is given is not what it should be. */
export class Fault extends Error {}

/** The text that bytes are, letter by letter; a text is one already. */
export function textOf(bytes) {
  if (typeof bytes === "string") return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault("It is no text in UTF-8.");
  }
}

export const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(parts)));
export const leafHash = (...parts) => sha256(Uint8Array.of(0), ...parts);
export const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const same = (one, other) => hex(one) === hex(other);

export function join(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

export function unhex(text) {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Fault("There is no hexadecimal number where a hash belongs.");
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

// Arguments are few: a filter has more bytes than a call may have of them.
const letters = (bytes) => Array.from({ length: Math.ceil(bytes.length / 8192) }, (_, part) =>
  String.fromCharCode(...bytes.subarray(part * 8192, (part + 1) * 8192))).join("");
export const base64 = (bytes) => btoa(letters(Uint8Array.from(bytes)));
export const base64url = (bytes) => base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

export function unbase64(text, length) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Fault("There is no base64 where it belongs.");
  }
  if ((length !== undefined && bytes.length !== length) || base64(bytes) !== text)
    throw new Fault("There is no base64 of the right length, in its one spelling, where it belongs.");
  return bytes;
}

/** Writes JSON in its one canonical form (RFC 8785). */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}

/** Reads bytes from the front on; numbers lie in seven bits a byte, the lowest first. */
export class Reader {
  constructor(bytes) {
    [this.bytes, this.at] = [bytes, 0];
  }
  get isAtEnd() {
    return this.at === this.bytes.length;
  }
  take(count) {
    if (count > this.bytes.length - this.at) throw new Fault("Bytes are cut off.");
    return this.bytes.slice(this.at, (this.at += count));
  }
  number() {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const [byte] = this.take(1);
      value += (byte & 127) * scale;
      if (byte >= 128) continue;
      if ((byte === 0 && scale > 1) || !Number.isSafeInteger(value)) break;
      return value;
    }
    throw new Fault("A number is too large, or not in its one spelling.");
  }
  counted() {
    return this.take(this.number());
  }
  text() {
    return textOf(this.counted());
  }
}
