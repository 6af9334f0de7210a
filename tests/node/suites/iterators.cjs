// What the W3C's suite on tokens uses of JavaScript, and Node 20 has not yet: map of iterators (Node 22 has it).
const prototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
prototype.map ??= function* map(change) {
  for(const one of this) yield change(one);
};
