// JSON that every reader understands alike, as the library's StrictJson and LedgerJson take it: no name twice, no half
// of a character, no number that changes when it is read; and records that have the members they must have, no other.
import { Fault } from "./bytes.js";

const deepest = 32;
const lettersIn = (object, name) => `${object}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
const unplain = new WeakMap(); // Of objects: the names under which numbers stand with a point or an exponent.

/** Requires something of what stands at a place. */
export function need(isSo, place, what) {
  if (!isSo) throw new Fault(`${place || "/"}: ${what}`);
}

/** The digits of a number without zeros at either end, and where its point is before the first of them. */
function decimal(text) {
  const [, whole, part = "", exponent = "0"] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  const zeros = /^0*/.exec(whole + part)[0].length;
  const digits = (whole + part).slice(zeros).replace(/0+$/, "");
  return digits && `${digits} ${whole.length - zeros + Number(exponent)}`;
}

class Scanner {
  constructor(text) {
    [this.text, this.at, this.depth] = [text, 0, 0];
  }
  fail(place, what = `It is not JSON at its character ${this.at + 1}.`) {
    need(false, place, what);
  }
  space() {
    while (" \t\r\n".includes(this.text[this.at] ?? "?")) this.at++;
  }
  takes(letter) {
    this.space();
    if (this.text[this.at] !== letter) return false;
    this.at++;
    return true;
  }
  string(place) {
    const start = this.at;
    if (this.text[this.at] !== '"') this.fail(place);
    for (this.at++; this.text[this.at] !== '"'; this.at++) {
      if (this.at >= this.text.length) this.fail(place);
      if (this.text[this.at] === "\\") this.at++;
    }
    let value;
    try {
      value = JSON.parse(this.text.slice(start, ++this.at));
    } catch {
      this.fail(place);
    }
    need(!/\p{Surrogate}/u.test(value), place, "There is half of a character, which is no text.");
    return value;
  }
  number(place) {
    const [token] = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,9})?(?![\d.eE+-])/.exec(
      this.text.slice(this.at, this.at + 64)) ?? this.fail(place);
    this.at += token.length;
    const value = Number(token);
    need(Number.isFinite(value) && decimal(token) === decimal(String(value)), place,
      "The number changes when it is read: at most 15 digits do not.");
    return { value, isPlain: /^-?\d+$/.test(token) };
  }
  deepen(place) {
    need(++this.depth <= deepest, place, `It is nested deeper than ${deepest}.`);
    this.at++;
  }
  value(place, holder, name) {
    this.space();
    const letter = this.text[this.at];
    if (letter === "{") return this.object(place);
    if (letter === "[") return this.list(place);
    if (letter === '"') return this.string(place);
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    const { value, isPlain } = this.number(place);
    if (!isPlain) unplain.set(holder, (unplain.get(holder) ?? new Set()).add(name));
    return value;
  }
  object(place) {
    const object = Object.create(null);
    this.deepen(place);
    if (!this.takes("}")) {
      do {
        this.space();
        const name = this.string(place);
        need(!(name in object), lettersIn(place, name), "The name stands twice in one object.");
        if (!this.takes(":")) this.fail(place);
        object[name] = this.value(lettersIn(place, name), object, name);
      } while (this.takes(","));
      if (!this.takes("}")) this.fail(place);
    }
    this.depth--;
    return object;
  }
  list(place) {
    const list = [];
    this.deepen(place);
    if (!this.takes("]")) {
      do list.push(this.value(`${place}/${list.length}`, list, list.length)); while (this.takes(","));
      if (!this.takes("]")) this.fail(place);
    }
    this.depth--;
    return list;
  }
}

/** Reads JSON strictly; objects have no members but those that stand there. */
export function readJson(text) {
  const scanner = new Scanner(text);
  const value = scanner.value("", scanner, "");
  scanner.space();
  if (scanner.at < text.length) scanner.fail("");
  return value;
}

export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Whether a member is a whole number from 0, written with digits alone. */
export const isWhole = (object, name, most = 2 ** 31 - 1) =>
  Number.isInteger(object[name]) && !unplain.get(object)?.has(name) && object[name] >= 0 && object[name] <= most;

/** Reads a moment with its zone; undefined if it is none. */
export function momentOf(text, mostDigits = 7) {
  if (typeof text !== "string" || text.length > 40) return undefined;
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const [part = "", sign, hours = 0, minutes = 0] = found.slice(7);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, Number(part.slice(0, 3).padEnd(3, "0")));
  const off = 60 * Number(hours) + Number(minutes);
  const isOne = year > 0 && month > 0 && day > 0 && hour < 24 && minute < 60 && second < 60 && minutes < 60
    && off <= 840 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && part.length <= mostDigits;
  const moment = date.getTime() - (sign === "-" ? -off : off) * 60000;
  return isOne && moment >= -62135596800000 && moment <= 253402300799999 ? moment : undefined;
}

// What records hold: each takes a member of an object, and its place.
export const text = (object, name, place) =>
  need(typeof object[name] === "string", place, "There must be a text.");
export const whole = (most) => (object, name, place) =>
  need(isWhole(object, name, most), place, "There must be a whole number, in digits and not below 0.");
export const moment = (object, name, place) => need(
  object[name]?.length <= 35 && momentOf(object[name], 16) !== undefined, place,
  "A time must look like 2026-01-31T12:00:00.000Z, with its zone.");
export const flag = (object, name, place) =>
  need(typeof object[name] === "boolean", place, "There must be true or false.");
export const orNull = (check) => (object, name, place) => object[name] === null || check(object, name, place);
export const listOf = (check) => (object, name, place) => {
  need(Array.isArray(object[name]), place, "There must be a list.");
  object[name].forEach((_, i) => check(object[name], i, `${place}/${i}`));
};
export const record = (required, optional = {}) => (object, name, place) => {
  const value = object[name];
  need(isObject(value), place, "There must be an object.");
  for (const one of Object.keys(required)) need(one in value, place, `The member ${one} is missing.`);
  for (const one of Object.keys(value)) {
    const check = Object.hasOwn(required, one) ? required[one] : Object.hasOwn(optional, one) && optional[one];
    need(check, lettersIn(place, one), "It is not known here: leave it out, or correct its spelling.");
    check(value, one, lettersIn(place, one));
  }
};

/** Reads a record out of a text: gives it if it has the members that it must have, and no other. */
export function readRecord(letters, check) {
  const value = readJson(letters);
  check({ "": value }, "", "");
  return value;
}
