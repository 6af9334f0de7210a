// The laboratory: eight metres by six, and each thing in its place. Lengths are metres; the door is to the left.

import { Mesh, flame, glow, metal, painted, plain, sign, tiles, wood } from './shapes.js';

const white = [0.86, 0.87, 0.87];
const bench = [0.82, 0.83, 0.84];
const top = [0.16, 0.19, 0.22];
const steel = [0.62, 0.65, 0.68];
const dark = [0.07, 0.08, 0.09];
const red = [0.75, 0.07, 0.06];
const green = [0.03, 0.42, 0.2];
const glass = [0.72, 0.86, 0.9];
const amber = [0.32, 0.13, 0.03];
const card = [0.63, 0.44, 0.25];
const yellow = [0.93, 0.72, 0.06];

function cupboard(mesh, x, z, width, depth, doors) {
  mesh.box([x, 0.46, z], [width, 0.8, depth], bench, painted);
  mesh.box([x, 0.05, z], [width - 0.08, 0.1, depth - 0.1], dark);
  mesh.box([x, 0.885, z], [width + 0.06, 0.05, depth + 0.06], top);
  for (let i = 0; i < doors; i++) {
    const at = x - width / 2 + (i + 0.5) * width / doors;
    mesh.box([at, 0.47, z + depth / 2 + 0.008], [width / doors - 0.03, 0.74, 0.016], white, painted);
    mesh.box([at + width / doors * 0.32, 0.72, z + depth / 2 + 0.03], [0.1, 0.014, 0.014], steel, metal);
  }
}

export function buildRoom() {
  const mesh = new Mesh();
  mesh.quad([-4, 0, 3], [4, 0, 3], [4, 0, -3], [-4, 0, -3], [0, 1, 0], [0.55, 0.58, 0.6], tiles);
  mesh.quad([-4, 2.9, -3], [4, 2.9, -3], [4, 2.9, 3], [-4, 2.9, 3], [0, -1, 0], [0.82, 0.82, 0.8], painted);
  mesh.quad([-4, 0, -3], [4, 0, -3], [4, 2.9, -3], [-4, 2.9, -3], [0, 0, 1], [0.74, 0.78, 0.77], painted);
  mesh.quad([4, 0, 3], [-4, 0, 3], [-4, 2.9, 3], [4, 2.9, 3], [0, 0, -1], [0.74, 0.78, 0.77], painted);
  mesh.quad([-4, 0, 3], [-4, 0, -3], [-4, 2.9, -3], [-4, 2.9, 3], [1, 0, 0], [0.68, 0.74, 0.74], painted);
  mesh.quad([4, 0, -3], [4, 0, 3], [4, 2.9, 3], [4, 2.9, -3], [-1, 0, 0], [0.68, 0.74, 0.74], painted);
  for (const [x, z, w, d] of [[0, -2.985, 8, 0.03], [0, 2.985, 8, 0.03], [-3.985, 0, 0.03, 6], [3.985, 0, 0.03, 6]])
    mesh.box([x, 0.05, z], [w, 0.1, d], [0.3, 0.34, 0.36]);

  // Along the back: cupboards with a sink, shelves, a window.
  cupboard(mesh, -1.2, -2.66, 5.2, 0.62, 8);
  mesh.box([-2.7, 0.9, -2.62], [0.62, 0.03, 0.44], steel, metal);
  mesh.box([-2.7, 0.905, -2.62], [0.5, 0.03, 0.33], [0.2, 0.22, 0.24], metal);
  mesh.turned([-2.7, 0.91, -2.86], [[0.03, 0], [0.018, 0.02], [0.018, 0.28]], steel, metal, 1, 14);
  mesh.box([-2.7, 1.19, -2.77], [0.03, 0.03, 0.2], steel, metal);
  for (const y of [1.5, 1.92]) {
    mesh.box([-1.85, y, -2.84], [2.5, 0.03, 0.28], [0.55, 0.4, 0.26], wood);
    for (const x of [-3.0, -1.85, -0.7]) mesh.box([x, y - 0.09, -2.9], [0.03, 0.16, 0.14], steel, metal);
  }
  mesh.box([0.55, 1.75, -2.985], [1.5, 1.15, 0.03], white, painted);
  mesh.box([0.55, 1.75, -2.97], [1.38, 1.03, 0.02], [0.72, 0.87, 1], glow);
  mesh.box([0.55, 1.75, -2.95], [0.03, 1.03, 0.03], white, painted);
  mesh.box([0.55, 1.2, -2.9], [1.6, 0.04, 0.16], white, painted);

  // The fume hood.
  mesh.box([2.9, 0.45, -2.6], [1.5, 0.9, 0.76], bench, painted);
  mesh.box([2.9, 0.91, -2.6], [1.56, 0.04, 0.82], top);
  mesh.box([2.9, 2.36, -2.6], [1.5, 0.5, 0.76], bench, painted);
  for (const x of [2.2, 3.6]) mesh.box([x, 1.52, -2.6], [0.1, 1.2, 0.76], bench, painted);
  mesh.box([2.9, 1.52, -2.96], [1.4, 1.2, 0.03], [0.88, 0.89, 0.9], painted);
  mesh.box([2.9, 2.3, -2.21], [0.3, 0.1, 0.02], [0.1, 0.5, 0.25], glow);

  // The bench in the middle, with its drawers and a rail of sockets.
  cupboard(mesh, 0, -0.4, 2.6, 0.95, 5);
  mesh.box([0, 0.97, -0.4], [1.5, 0.1, 0.05], white, painted);
  for (const x of [-0.5, -0.25, 0.25, 0.5]) mesh.box([x, 0.97, -0.37], [0.07, 0.06, 0.012], dark);
  for (const x of [-0.8, 0.75]) {
    mesh.cylinder([x, 0, 0.62], 0.2, 0.03, dark);
    mesh.cylinder([x, 0.03, 0.62], 0.025, 0.5, steel, metal);
    mesh.cylinder([x, 0.53, 0.62], 0.19, 0.06, [0.1, 0.2, 0.32], painted);
  }

  // To the left the emergency exit with its sign, to the right the eyewash.
  mesh.box([-3.98, 1.03, -0.3], [0.05, 2.06, 1.06], [0.32, 0.36, 0.38], painted);
  mesh.box([-3.95, 1.02, -0.3], [0.05, 2.0, 0.94], [0.16, 0.45, 0.36], painted);
  mesh.box([-3.9, 1.04, -0.3], [0.04, 0.05, 0.8], steel, metal);
  mesh.box([-3.95, 2.28, -0.3], [0.04, 0.24, 0.52], [0.02, 0.5, 0.22], glow);
  mesh.box([-3.925, 2.28, -0.2], [0.01, 0.13, 0.1], [1, 1, 1], glow);
  mesh.box([-3.925, 2.28, -0.38], [0.01, 0.03, 0.18], [1, 1, 1], glow);
  mesh.box([3.97, 1.5, 0.5], [0.03, 0.26, 0.26], green, sign);
  mesh.box([3.94, 1.5, 0.5], [0.01, 0.15, 0.05], [0.95, 1, 0.95], glow);
  mesh.box([3.94, 1.5, 0.5], [0.01, 0.05, 0.15], [0.95, 1, 0.95], glow);
  mesh.turned([3.78, 0.95, 0.5], [[0.03, -0.2], [0.06, 0], [0.18, 0.06], [0.19, 0.08]], [0.9, 0.75, 0.1], painted);
  mesh.box([3.9, 0.9, 0.5], [0.2, 0.04, 0.06], steel, metal);
  return mesh;
}

// The lamps throw no shadow themselves.
export function buildLamps() {
  const mesh = new Mesh();
  for (const x of [-2, 0.4, 2.6]) mesh.box([x, 2.87, 0], [0.36, 0.05, 2.6], [1, 0.98, 0.93], glow);
  return mesh;
}

function bottle(mesh, x, y, z, size, colour, alpha, cap, label) {
  mesh.turned([x, y, z], [
    [0, 0], [0.06 * size, 0], [0.062 * size, 0.02 * size], [0.062 * size, 0.15 * size], [0.05 * size, 0.18 * size],
    [0.022 * size, 0.205 * size], [0.022 * size, 0.235 * size],
  ], colour, plain, alpha);
  if (cap) mesh.cylinder([x, y + 0.23 * size, z], 0.026 * size, 0.03 * size, cap);
  if (label) {
    mesh.turned([x, y, z], [[0.0635 * size, 0.04 * size], [0.0635 * size, 0.13 * size]], label, painted);
    mesh.box([x, y + 0.1 * size, z + 0.064 * size], [0.035 * size, 0.035 * size, 0.006], red);
  }
}

const builders = {
  flame(mesh) {
    mesh.cylinder([-0.75, 0.91, -0.15], 0.07, 0.025, steel, metal);
    mesh.cylinder([-0.75, 0.93, -0.15], 0.018, 0.16, steel, metal);
    mesh.turned([-0.75, 1.09, -0.15], [[0.006, 0], [0.026, 0.05], [0.018, 0.12], [0.002, 0.2]], [0.3, 0.55, 1], flame,
      0.85, 16);
    mesh.turned([-0.75, 1.1, -0.15], [[0.004, 0], [0.012, 0.04], [0.001, 0.11]], [0.9, 0.95, 1], flame, 0.9, 12);
    bottle(mesh, -0.55, 0.91, -0.12, 1.05, [0.88, 0.92, 0.94], 0.45, null, [0.9, 0.9, 0.86]);
    mesh.cylinder([-0.46, 0.91, -0.02], 0.027, 0.03, red);
  },
  socket(mesh) {
    mesh.turned([-2.1, 0.912, -2.52], [[0, 0.004], [0.24, 0.003], [0.27, 0]], [0.62, 0.78, 0.88], metal, 0.55);
    mesh.box([-2.1, 0.94, -2.52], [0.36, 0.045, 0.08], [0.9, 0.9, 0.88], painted);
    for (const x of [-2.22, -2.1, -1.98]) mesh.cylinder([x, 0.961, -2.52], 0.026, 0.004, dark);
    mesh.box([-2.22, 0.98, -2.52], [0.04, 0.05, 0.04], dark);
    mesh.box([-1.55, 0.95, -2.6], [0.3, 0.08, 0.26], white, painted);
    mesh.cylinder([-1.55, 0.99, -2.6], 0.11, 0.015, [0.35, 0.06, 0.04], glow);
    mesh.box([-1.84, 0.925, -2.5], [0.5, 0.014, 0.014], dark);
  },
  hood(mesh) {
    mesh.box([2.9, 2.02, -2.24], [1.3, 0.18, 0.02], glass, metal, 0.4);
    mesh.box([2.9, 1.93, -2.23], [1.32, 0.03, 0.04], steel, metal);
    mesh.turned([2.8, 0.93, -2.55], [[0, 0], [0.11, 0], [0.11, 0.24]], glass, metal, 0.35);
    mesh.cylinder([2.8, 0.935, -2.55], 0.1, 0.12, [0.85, 0.55, 0.12], plain, 0.75);
    for (const [x, y, size] of [[2.8, 1.26, 0.07], [2.86, 1.38, 0.1], [2.78, 1.52, 0.13], [2.9, 1.66, 0.15]])
      mesh.ball([x, y, -2.52], size, [0.85, 0.6, 0.35], flame, 0.22);
  },
  spill(mesh) {
    mesh.turned([0.85, 0.004, 1.35], [[0, 0.006], [0.34, 0.005], [0.4, 0]], [0.5, 0.62, 0.66], metal, 0.6, 26);
    mesh.turned([1.16, 0.004, 1.5], [[0, 0.005], [0.17, 0.004], [0.2, 0]], [0.5, 0.62, 0.66], metal, 0.6, 20);
    mesh.turned([0.55, 0.004, 1.18], [[0, 0.005], [0.1, 0.004], [0.12, 0]], [0.5, 0.62, 0.66], metal, 0.6, 18);
  },
  exit(mesh) {
    for (const [x, y, z, s] of [
      [-3.5, 0.25, -0.45, 0.5], [-3.48, 0.2, 0.12, 0.4], [-3.55, 0.68, -0.5, 0.36], [-3.1, 0.16, -0.3, 0.32],
    ]) {
      mesh.box([x, y, z], [s, s, s], card, painted);
      mesh.box([x, y + s / 2 + 0.002, z], [s, 0.004, s * 0.14], [0.78, 0.66, 0.45]);
      mesh.box([x + s / 2 + 0.002, y, z], [0.004, s * 0.3, s * 0.5], [0.86, 0.84, 0.78]);
    }
  },
  cylinder(mesh) {
    mesh.turned([3.55, 0, 1.75], [
      [0, 0], [0.125, 0], [0.13, 0.02], [0.13, 1.15], [0.1, 1.27], [0.05, 1.34], [0.05, 1.4],
    ], [0.1, 0.28, 0.2], painted, 1, 28);
    mesh.turned([3.55, 0, 1.75], [[0.128, 1.16], [0.1, 1.275], [0.052, 1.345]], [0.05, 0.05, 0.06], painted, 1, 28);
    mesh.cylinder([3.55, 1.4, 1.75], 0.03, 0.09, [0.72, 0.55, 0.2], metal);
    mesh.box([3.55, 1.5, 1.75], [0.14, 0.02, 0.02], steel, metal);
    mesh.cylinder([3.44, 1.42, 1.75], 0.035, 0.05, steel, metal);
  },
  glass(mesh) {
    mesh.turned([1.0, 0.912, -0.1], [[0, 0], [0.06, 0.001], [0.06, 0.07]], glass, metal, 0.5, 9);
    for (const [x, z, turn] of [[0.88, -0.02, 0.4], [1.1, 0.0, 1.2], [0.94, -0.2, 2.1], [1.15, -0.15, 0.9], [1.05, 0.02, 2.6]]) {
      const [c, s] = [Math.cos(turn) * 0.06, Math.sin(turn) * 0.06];
      mesh.quad([x - c, 0.915, z - s], [x + c, 0.915, z + s], [x + s * 0.5, 0.97, z - c * 0.5], [x, 0.95, z], [0, 0.8, 0.6],
        glass, metal, 0.7);
    }
  },
  needle(mesh) {
    mesh.turned([-1.75, 0, 0.35], [[0, 0.01], [0.14, 0.01], [0.18, 0.36], [0.185, 0.37]], [0.24, 0.3, 0.36], painted);
    for (const [x, y, z] of [[-1.78, 0.34, 0.33], [-1.69, 0.36, 0.4], [-1.75, 0.37, 0.28], [-1.82, 0.35, 0.4]])
      mesh.ball([x, y, z], 0.065, [0.9, 0.9, 0.86], painted);
    mesh.cylinder([-1.74, 0.38, 0.36], 0.016, 0.14, [0.85, 0.92, 0.96], plain, 0.8);
    mesh.cylinder([-1.74, 0.52, 0.36], 0.01, 0.03, [0.1, 0.35, 0.7]);
    mesh.cylinder([-1.74, 0.55, 0.36], 0.003, 0.1, steel, metal);
  },
  eyewash(mesh) {
    mesh.cylinder([3.35, 0, 0.55], 0.17, 0.03, dark);
    mesh.cylinder([3.35, 0.03, 0.55], 0.03, 0.56, steel, metal);
    mesh.cylinder([3.35, 0.59, 0.55], 0.2, 0.07, [0.5, 0.12, 0.1], painted);
    mesh.box([3.4, 0.82, 0.52], [0.22, 0.32, 0.34], [0.13, 0.2, 0.36], painted);
    mesh.turned([3.4, 0.98, 0.52], [[0.07, 0], [0.055, 0.07], [0.045, 0.08]], [0.2, 0.28, 0.44], painted);
  },
  bottle(mesh) { bottle(mesh, -1.45, 1.515, -2.82, 1.25, amber, 0.9, dark, null); },
  food(mesh) {
    mesh.turned([0.55, 0.912, -0.1], [[0, 0], [0.036, 0], [0.042, 0.1]], [0.85, 0.86, 0.84], painted);
    mesh.cylinder([0.55, 0.995, -0.1], 0.038, 0.006, [0.13, 0.06, 0.02]);
    mesh.box([0.602, 0.965, -0.1], [0.025, 0.05, 0.012], [0.85, 0.86, 0.84], painted);
    mesh.cylinder([0.35, 0.912, -0.06], 0.12, 0.012, [0.8, 0.82, 0.85], painted);
    mesh.box([0.35, 0.935, -0.06], [0.15, 0.022, 0.12], [0.75, 0.53, 0.27], painted);
    mesh.box([0.35, 0.951, -0.06], [0.16, 0.01, 0.13], [0.25, 0.5, 0.13], painted);
    mesh.box([0.35, 0.962, -0.06], [0.155, 0.012, 0.125], [0.85, 0.4, 0.3], painted);
    mesh.box([0.35, 0.98, -0.06], [0.15, 0.024, 0.12], [0.72, 0.49, 0.24], painted);
  },
  shelf(mesh) {
    mesh.turned([-2.55, 1.935, -2.72], [
      [0, 0], [0.1, 0], [0.105, 0.02], [0.105, 0.22], [0.07, 0.27], [0.03, 0.3], [0.03, 0.34],
    ], [0.75, 0.82, 0.85], plain, 0.6);
    mesh.cylinder([-2.55, 1.94, -2.72], 0.095, 0.17, [0.8, 0.72, 0.3], plain, 0.7);
    mesh.cylinder([-2.55, 2.27, -2.72], 0.036, 0.04, red);
    mesh.box([-2.55, 2.06, -2.612], [0.1, 0.1, 0.006], [0.95, 0.95, 0.9], painted);
    mesh.box([-2.55, 2.07, -2.606], [0.045, 0.045, 0.006], red);
  },
  extinguisher(mesh) {
    mesh.turned([-3.82, 0.75, -1.6], [
      [0, 0], [0.085, 0], [0.09, 0.02], [0.09, 0.42], [0.06, 0.5], [0.025, 0.53], [0.025, 0.57],
    ], red, painted, 1, 26);
    mesh.box([-3.82, 1.34, -1.57], [0.04, 0.03, 0.16], dark);
    mesh.turned([-3.73, 0.82, -1.53], [[0.018, 0], [0.014, 0.4]], dark, plain, 1, 12);
    mesh.box([-3.728, 1.0, -1.6], [0.004, 0.14, 0.1], [0.92, 0.9, 0.82], painted);
    mesh.box([-3.97, 1.75, -1.6], [0.03, 0.26, 0.26], red, sign);
    mesh.box([-3.945, 1.75, -1.6], [0.01, 0.14, 0.06], [1, 1, 1], glow);
  },
  goggles(mesh) {
    mesh.box([-3.97, 1.6, 0.95], [0.03, 0.06, 0.8], [0.55, 0.4, 0.26], wood);
    for (const z of [0.7, 0.95, 1.2]) {
      mesh.box([-3.93, 1.58, z], [0.06, 0.015, 0.015], steel, metal);
      mesh.box([-3.9, 1.46, z], [0.05, 0.08, 0.17], [0.6, 0.85, 0.95], metal, 0.6);
      mesh.box([-3.9, 1.505, z], [0.055, 0.014, 0.18], [0.1, 0.4, 0.7], painted);
      mesh.box([-3.91, 1.53, z], [0.01, 0.06, 0.1], dark);
    }
  },
  labelled(mesh) {
    mesh.box([-0.35, 0.925, -2.62], [0.4, 0.02, 0.28], yellow, painted);
    for (const [x, z, w, d] of [[-0.35, -2.48, 0.4, 0.02], [-0.35, -2.76, 0.4, 0.02], [-0.55, -2.62, 0.02, 0.28], [-0.15, -2.62, 0.02, 0.28]])
      mesh.box([x, 0.95, z], [w, 0.06, d], yellow, painted);
    bottle(mesh, -0.35, 0.935, -2.62, 1.3, [0.85, 0.9, 0.93], 0.5, [0.1, 0.3, 0.6], [0.95, 0.95, 0.92]);
  },
  firstaid(mesh) {
    mesh.box([3.92, 1.55, -0.9], [0.14, 0.32, 0.42], [0.93, 0.94, 0.93], painted);
    mesh.box([3.845, 1.55, -0.9], [0.006, 0.2, 0.07], green, sign);
    mesh.box([3.845, 1.55, -0.9], [0.006, 0.07, 0.2], green, sign);
  },
  waste(mesh) {
    mesh.box([1.85, 0.2, -2.5], [0.3, 0.4, 0.36], [0.12, 0.33, 0.6], painted);
    mesh.cylinder([1.78, 0.4, -2.5], 0.05, 0.05, red);
    mesh.box([1.9, 0.43, -2.5], [0.06, 0.05, 0.22], [0.12, 0.33, 0.6], painted);
    mesh.box([1.85, 0.22, -2.315], [0.2, 0.2, 0.006], [0.95, 0.95, 0.9], painted);
    mesh.box([1.8, 0.24, -2.31], [0.07, 0.07, 0.006], red);
  },
  microscope(mesh) {
    mesh.box([0.0, 0.925, -0.6], [0.2, 0.03, 0.26], white, painted);
    mesh.box([0.0, 1.08, -0.7], [0.07, 0.3, 0.06], white, painted);
    mesh.box([0.0, 1.02, -0.58], [0.14, 0.015, 0.14], dark);
    mesh.cylinder([0.0, 1.07, -0.58], 0.03, 0.14, dark);
    mesh.box([0.0, 1.23, -0.6], [0.07, 0.06, 0.16], white, painted);
    mesh.turned([0.0, 0.913, -0.62], [[0.2, 0], [0.19, 0.2], [0.13, 0.4], [0.02, 0.44]], [0.8, 0.86, 0.9], metal, 0.3, 22);
  },
};

export function buildThing(id) {
  const mesh = new Mesh();
  builders[id](mesh);
  const pad = 0.06;
  const box = { min: mesh.min.map((one) => one - pad), max: mesh.max.map((one) => one + pad) };
  return { mesh, box, middle: box.min.map((one, i) => (one + box.max[i]) / 2) };
}

// What one cannot walk through, seen from above: the benches, the hood, the walls are the room's own.
const obstacles = [[-1.55, -1.1, 1.55, 0.3], [-4, -3, 1.6, -2.1], [1.6, -3, 3.9, -2.0]];

export function walk(from, to) {
  const free = ([x, , z]) => Math.abs(x) < 3.5 && z < 2.7 && z > -2.7
    && !obstacles.some(([x0, z0, x1, z1]) => x > x0 && x < x1 && z > z0 && z < z1);
  if (free(to)) return to;
  const along = [[to[0], to[1], from[2]], [from[0], to[1], to[2]]];
  return along.find(free) ?? from;
}
