// The game without any picture: what is drawn, what is asked, what is right, what it counts. Both ways to play use it.

import { things } from './content.js';

export const rounds = 3;
const hazardsARound = 5;
const harmlessARound = 3;

function draw(list, count, random) {
  const left = [...list];
  const drawn = [];
  while (drawn.length < count) drawn.push(left.splice(Math.floor(random() * left.length), 1)[0]);
  return drawn;
}

export class Game {
  constructor(random = Math.random) {
    this.random = random;
    this.round = 0;
    this.points = 0;
    this.most = rounds * (2 * hazardsARound + harmlessARound);
    this.seen = new Set();
    this.startRound();
  }

  startRound() {
    this.round += 1;
    // What was not in the room before comes first.
    const fresh = (list, count) => {
      const unseen = list.filter((one) => !this.seen.has(one.id));
      return unseen.length >= count ? draw(unseen, count, this.random) : draw(list, count, this.random);
    };
    const hazards = fresh(things.filter((one) => one.urgency > 0), hazardsARound);
    const harmless = fresh(things.filter((one) => one.urgency === 0), harmlessARound);
    this.room = draw([...hazards, ...harmless], hazardsARound + harmlessARound, this.random);
    this.room.forEach((one) => this.seen.add(one.id));
    this.judged = new Map();
    this.ordered = [];
  }

  get open() { return this.room.filter((one) => !this.judged.has(one.id)); }

  get isOrdering() { return this.open.length === 0 && this.unordered.length > 0; }

  get isRoundOver() { return this.open.length === 0 && this.unordered.length === 0; }

  get isOver() { return this.isRoundOver && this.round === rounds; }

  get unordered() {
    return this.room.filter((one) => one.urgency > 0 && !this.ordered.includes(one));
  }

  judge(thing, option) {
    const isRight = thing.right === option;
    this.judged.set(thing.id, isRight);
    if (isRight) this.points += 1;
    return isRight;
  }

  // A wrong choice costs its point; then what comes first is put there, so that everybody goes on.
  choose(thing) {
    const first = Math.min(...this.unordered.map((one) => one.urgency));
    const isRight = thing.urgency === first;
    const next = isRight ? thing : this.unordered.find((one) => one.urgency === first);
    if (isRight) this.points += 1;
    this.ordered.push(next);
    return { isRight, next };
  }

  get scaled() { return Math.round((this.points / this.most) * 10000) / 10000; }
}
