// Puts the game on the page: what is asked stands beside the picture and is told to screen readers; the list of things
// is the same game without the picture.

import { fill, words } from './content.js';
import { Game, rounds } from './game.js';
import { Report, launchOf } from './report.js';
import { Headset, hasHeadset, thingAt } from './headset.js';
import { cross, lookAt, multiply, perspective, unit } from './matrix.js';
import { walk } from './room.js';
import { Picture } from './picture.js';

const language = document.documentElement.lang in words ? document.documentElement.lang : 'en';
const text = words[language];
const find = (id) => document.getElementById(id);
const launch = launchOf(location.search);
const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
const state = { yaw: 0, pitch: -0.12, at: [0, 1.62, 2.35], hovered: null, asked: null, keys: new Set(), drag: null };

let game = null;
let report = null;
let picture = null;
let fault = null;

function element(name, said, more = {}) {
  const made = Object.assign(document.createElement(name), more);
  if (said) made.textContent = said;
  return made;
}

// What is asked now, in words and options, for the page and for the headset alike.
function ask(title, said, options) {
  state.asked = { title, text: said, options: options.map((one) => one.said), choices: options };
  const task = find('task');
  task.replaceChildren(element('h2', title, { tabIndex: -1 }), element('p', said));
  const list = element('div', '', { className: 'options' });
  for (const option of options) {
    const button = element('button', option.said, { type: 'button', onclick: option.act });
    if (option.isQuiet) button.className = 'quiet';
    list.append(button);
  }
  task.append(list);
  if (game) task.querySelector('h2').focus({ preventScroll: true });
  refresh();
}

function refresh() {
  find('points').textContent = game
    ? `${fill(text.round, { round: game.round, rounds })} · ${fill(text.points, { points: game.points, most: game.most })}`
    : '';
  const list = find('things');
  list.replaceChildren();
  for (const thing of game?.room ?? []) {
    const judged = game.judged.get(thing.id);
    const said = judged === undefined ? text.open : judged ? text.judged : text.wrong;
    const button = element('button', text.things[thing.id].name, { type: 'button', onclick: () => choose(thing.id) });
    button.dataset.thing = thing.id;
    button.disabled = !isOpen(thing.id);
    button.append(element('span', said, { className: `tag ${judged === undefined ? '' : judged ? 'good' : 'warn'}` }));
    const item = element('li');
    item.append(button);
    list.append(item);
  }
}

function isOpen(id) {
  const thing = game?.room.find((one) => one.id === id);
  if (!thing || state.isJudging) return false;
  return game.isOrdering ? game.unordered.includes(thing) : !game.judged.has(id);
}

function choose(id) {
  if (!id || !isOpen(id)) return;
  const thing = game.room.find((one) => one.id === id);
  if (game.isOrdering) {
    order(thing);
    return;
  }
  const about = text.things[id];
  state.isJudging = true;
  state.hovered = id;
  turnTo(id);
  ask(about.name, about.see, about.options.map((said, i) => ({ said, act: () => judge(thing, i) })));
}

function judge(thing, option) {
  const about = text.things[thing.id];
  const isRight = game.judge(thing, option);
  report?.answered(thing.id, about.name, language, about.options[option], isRight);
  const said = `${isRight ? text.yes : `${text.no}${about.options[thing.right]}. `}${about.why}`;
  ask(about.name, said, [{ said: text.next, act: goOn }]);
}

function goOn() {
  state.isJudging = false;
  state.hovered = null;
  if (game.open.length > 0)
    ask(fill(text.left, { count: game.open.length }), text.look, []);
  else if (game.isOrdering)
    askForOrder('');
  else
    endRound('');
}

function askForOrder(before) {
  ask(fill(text.round, { round: game.round, rounds }), `${before}${text.order}`, game.unordered.map((thing) => ({
    said: text.things[thing.id].name, act: () => order(thing),
  })));
}

function order(thing) {
  const { isRight, next } = game.choose(thing);
  report?.answered(`order-${game.round}-${game.ordered.length}`, text.order, language, thing.id, isRight);
  const said = isRight ? fill(text.orderRight, { name: text.things[thing.id].name })
    : fill(text.orderWrong, { first: text.things[next.id].name, why: text.urgent[next.urgency] });
  if (game.isOrdering) askForOrder(`${said} `);
  else endRound(`${said} `);
}

function endRound(before) {
  const said = before + fill(text.points, { points: game.points, most: game.most });
  if (game.isOver) {
    ask(text.done, said, [{ said: text.finish, act: finish }]);
    return;
  }
  ask(fill(text.round, { round: game.round, rounds }), said, [{
    said: text.nextRound,
    act: () => {
      game.startRound();
      picture?.furnish(game.room.map((one) => one.id));
      goOn();
    },
  }]);
}

async function finish() {
  const scaled = game.scaled;
  const least = report?.mastery ?? 0.8;
  const facts = { percent: Math.round(scaled * 1000) / 10, least: Math.round(least * 100) };
  const said = fill(scaled >= least ? text.passed : text.failed, facts);
  report?.finish(scaled, game.points, game.most);
  await tell(said);
}

async function tell(said) {
  const again = { said: text.again, act: () => location.assign(launch?.back ?? location.pathname), isQuiet: true };
  const back = { said: text.back, act: () => location.assign(launch.back) };
  if (!report) {
    ask(text.done, `${said} ${fault ? fill(text.unsent, { why: fault }) : text.free}`,
      launch?.back ? [back] : [again]);
    return;
  }
  try {
    await report.sending;
    await report.flush();
    ask(text.done, `${said} ${text.sent}`, launch.back ? [back] : []);
  } catch (problem) {
    ask(text.done, `${said} ${fill(text.unsent, { why: problem.message })} ${text.offline}`,
      [{ said: text.resend, act: () => tell(said) }]);
  }
}

async function start() {
  if (launch) {
    report = new Report(launch);
    try {
      await report.begin();
    } catch (problem) {
      fault = problem.message;
      report = null;
    }
  }
  game = new Game();
  picture?.furnish(game.room.map((one) => one.id));
  if (fault) find('notice').textContent = fill(text.unsent, { why: fault });
  find('notice').hidden = !fault;
  goOn();
}

// The picture: the camera at the height of eyes, what is pointed at lights up.

function camera() {
  const canvas = picture.canvas;
  const ahead = [
    Math.sin(state.yaw) * Math.cos(state.pitch), Math.sin(state.pitch), -Math.cos(state.yaw) * Math.cos(state.pitch),
  ];
  const target = state.at.map((one, i) => one + ahead[i]);
  const aspect = canvas.width / canvas.height;
  const angle = aspect < 1 ? 1.35 : 1.02;
  const view = multiply(perspective(angle, aspect, 0.05, 30), lookAt(state.at, target, [0, 1, 0]));
  return { view, ahead, aspect, angle };
}

function marks() {
  const found = new Map();
  for (const thing of game?.room ?? []) {
    const judged = game.judged.get(thing.id);
    if (judged !== undefined && !game.isOrdering) found.set(thing.id, judged ? [0.02, 0.3, 0.1] : [0.45, 0.2, 0.02]);
  }
  if (state.hovered && (isOpen(state.hovered) || state.isJudging)) found.set(state.hovered, [0.35, 0.5, 0.9]);
  return found;
}

function pointed(event) {
  const place = picture.canvas.getBoundingClientRect();
  const x = (event.clientX - place.left) / place.width * 2 - 1;
  const y = 1 - (event.clientY - place.top) / place.height * 2;
  const { ahead, aspect, angle } = camera();
  const right = unit(cross(ahead, [0, 1, 0]));
  const up = cross(right, ahead);
  const high = Math.tan(angle / 2);
  const along = unit(ahead.map((one, i) => one + right[i] * x * high * aspect + up[i] * y * high));
  return thingAt(picture, state.at, along);
}

// Who chooses from the list sees what was chosen.
function turnTo(id) {
  const middle = picture?.things.get(id)?.middle;
  if (!middle) return;
  const [x, y, z] = middle.map((one, i) => one - state.at[i]);
  const turn = Math.atan2(x, -z) - state.yaw;
  state.goal = { yaw: state.yaw + Math.atan2(Math.sin(turn), Math.cos(turn)), pitch: Math.atan2(y, Math.hypot(x, z)) };
  if (!still) return;
  Object.assign(state, state.goal);
  state.goal = null;
}

function approach(step) {
  if (!state.goal) return;
  const part = Math.min(1, step * 6);
  state.yaw += (state.goal.yaw - state.yaw) * part;
  state.pitch += (state.goal.pitch - state.pitch) * part;
  if (Math.abs(state.goal.yaw - state.yaw) < 0.002) state.goal = null;
}

function move(time) {
  const step = Math.min(0.1, (time - (state.time ?? time)) / 1000);
  state.time = time;
  approach(step);
  const held = (...names) => names.some((name) => state.keys.has(name));
  const turn = (held('ArrowLeft', 'turnLeft') ? -1 : 0) + (held('ArrowRight', 'turnRight') ? 1 : 0);
  const go = (held('ArrowUp', 'w', 'forward') ? 1 : 0) - (held('ArrowDown', 's', 'back3d') ? 1 : 0);
  const side = (held('d') ? 1 : 0) - (held('a') ? 1 : 0);
  state.yaw += turn * step * 1.6;
  if (turn || go || side) state.goal = null;
  if (!go && !side) return;
  const [s, c] = [Math.sin(state.yaw), Math.cos(state.yaw)];
  state.at = walk(state.at, [
    state.at[0] + (s * go + c * side) * step * 1.9, state.at[1], state.at[2] + (-c * go + s * side) * step * 1.9,
  ]);
}

// A machine that is slow at drawing draws fewer points, and in the end fewer pictures.
function fineness(time) {
  const took = Math.min(500, time - (state.drawnAt ?? time));
  state.drawnAt = time;
  state.pace = (state.pace ?? 16) * 0.9 + took * 0.1;
  state.fine ??= 1;
  if (state.pace > 60 && state.fine > 0.45) [state.fine, state.pace] = [state.fine * 0.75, 30];
  return state.fine;
}

function drawFrame(time) {
  if (state.isInHeadset) return;
  requestAnimationFrame(drawFrame);
  const canvas = picture.canvas;
  const scale = Math.min(2, devicePixelRatio || 1) * fineness(time);
  const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
  if (width === 0) return;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  move(time);

  // Who wants no motion gets a new picture only where something is another than before: that spares the machine, too.
  const shown = [state.yaw, state.pitch, ...state.at, width, height, state.hovered,
    ...(game?.room ?? []).map((one) => `${one.id}${game.judged.get(one.id)}`), game?.isOrdering].join();
  if (still && shown === state.shown) {
    state.drawnAt = undefined;
    return;
  }
  state.shown = shown;
  const { view } = camera();
  picture.gl.bindFramebuffer(picture.gl.FRAMEBUFFER, null);
  picture.clear(width, height);
  picture.draw(view, state.at, still ? 0 : time / 1000, marks());
  label(view);
}

// The name of what is pointed at, and what became of what was judged, stand over the picture.
function label(view) {
  const labels = find('labels');
  const wanted = (game?.room ?? []).filter((one) => one.id === state.hovered || game.judged.has(one.id));
  labels.replaceChildren();
  for (const thing of wanted) {
    const spot = picture.spotOf(thing.id, view);
    if (!spot || spot.x < 0.02 || spot.x > 0.98 || spot.y < 0.02 || spot.y > 0.98) continue;
    const judged = game.judged.get(thing.id);
    const said = thing.id === state.hovered ? text.things[thing.id].name : judged ? '✓' : '!';
    const made = element('span', said, { className: judged === undefined ? '' : judged ? 'right' : 'not' });
    made.style.left = `${spot.x * 100}%`;
    made.style.top = `${spot.y * 100}%`;
    labels.append(made);
  }
}

function listen() {
  const canvas = picture.canvas;
  canvas.addEventListener('pointerdown', (event) => {
    state.drag = { x: event.clientX, y: event.clientY, far: 0 };
    state.goal = null;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (state.drag) {
      const [x, y] = [event.clientX - state.drag.x, event.clientY - state.drag.y];
      state.drag = { x: event.clientX, y: event.clientY, far: state.drag.far + Math.abs(x) + Math.abs(y) };
      state.yaw -= x * 0.0045;
      state.pitch = Math.max(-1.2, Math.min(1, state.pitch + y * 0.0045));
    } else if (!state.isJudging) {
      state.hovered = pointed(event);
      canvas.style.cursor = state.hovered && isOpen(state.hovered) ? 'pointer' : 'grab';
    }
  });
  canvas.addEventListener('pointerup', (event) => {
    if (state.drag && state.drag.far < 8) choose(pointed(event));
    state.drag = null;
  });
  canvas.addEventListener('keydown', (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!/^(Arrow|[wasd]$)/.test(key)) return;
    state.keys.add(key);
    event.preventDefault();
  });
  addEventListener('keyup', (event) => {
    state.keys.delete(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  });
  addEventListener('blur', () => state.keys.clear());
  for (const name of ['turnLeft', 'forward', 'back3d', 'turnRight']) {
    const button = find(name);
    button.setAttribute('aria-label', text[name]);
    for (const kind of ['pointerdown', 'pointerup', 'pointerleave', 'pointercancel'])
      button.addEventListener(kind, () => state.keys[kind === 'pointerdown' ? 'add' : 'delete'](name));
    button.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') state.keys.add(name);
    });
    button.addEventListener('keyup', () => state.keys.delete(name));
  }
}

async function offerHeadset() {
  if (!await hasHeadset()) return;
  const button = find('headset');
  button.hidden = false;
  button.textContent = text.headset;
  button.onclick = async () => {
    const headset = new Headset(picture, {
      asked: () => ({ title: state.asked.title, text: state.asked.text, options: state.asked.options }),
      choose: (row) => state.asked.choices[row].act(),
      pick: choose, marks,
      ended: () => {
        state.isInHeadset = false;
        requestAnimationFrame(drawFrame);
      },
    });
    state.isInHeadset = true;
    await headset.start();
  };
}

find('list-title').textContent = text.list;
try {
  picture = new Picture(find('picture'));
  find('picture').setAttribute('aria-label', text.picture);
  picture.furnish(['flame', 'spill', 'exit', 'food', 'extinguisher', 'labelled', 'shelf', 'firstaid']);
  listen();
  requestAnimationFrame(drawFrame);
  offerHeadset();
} catch {
  // Without a picture the list is the whole game.
  find('stage').hidden = true;
  find('notice').textContent = text.noPicture;
  find('notice').hidden = false;
}
ask(find('scene-title').textContent, text.intro, [{ said: text.start, act: start }]);
