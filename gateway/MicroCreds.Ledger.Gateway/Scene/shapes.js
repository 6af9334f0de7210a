// Bodies out of triangles: boxes with soft edges' light, turned bodies, discs. Each corner has place, normal, colour and
// the kind of its surface.

export const plain = 0;
export const tiles = 1;
export const painted = 2;
export const glow = 3;
export const metal = 4;
export const wood = 5;
export const flame = 6;
export const sign = 7;

export class Mesh {
  constructor() {
    this.solid = [];
    this.clear = [];
    this.min = [Infinity, Infinity, Infinity];
    this.max = [-Infinity, -Infinity, -Infinity];
  }

  corner(list, place, normal, colour, kind, alpha) {
    list.push(...place, ...normal, ...colour, kind, alpha);
    for (let i = 0; i < 3; i++) {
      this.min[i] = Math.min(this.min[i], place[i]);
      this.max[i] = Math.max(this.max[i], place[i]);
    }
  }

  quad(a, b, c, d, normal, colour, kind = plain, alpha = 1) {
    const list = alpha < 1 ? this.clear : this.solid;
    for (const place of [a, b, c, a, c, d]) this.corner(list, place, normal, colour, kind, alpha);
    return this;
  }

  // A box by its middle and its size.
  box([x, y, z], [w, h, d], colour, kind = plain, alpha = 1) {
    const [x0, x1, y0, y1, z0, z1] = [x - w / 2, x + w / 2, y - h / 2, y + h / 2, z - d / 2, z + d / 2];
    this.quad([x0, y0, z1], [x1, y0, z1], [x1, y1, z1], [x0, y1, z1], [0, 0, 1], colour, kind, alpha);
    this.quad([x1, y0, z0], [x0, y0, z0], [x0, y1, z0], [x1, y1, z0], [0, 0, -1], colour, kind, alpha);
    this.quad([x1, y0, z1], [x1, y0, z0], [x1, y1, z0], [x1, y1, z1], [1, 0, 0], colour, kind, alpha);
    this.quad([x0, y0, z0], [x0, y0, z1], [x0, y1, z1], [x0, y1, z0], [-1, 0, 0], colour, kind, alpha);
    this.quad([x0, y1, z1], [x1, y1, z1], [x1, y1, z0], [x0, y1, z0], [0, 1, 0], colour, kind, alpha);
    this.quad([x0, y0, z0], [x1, y0, z0], [x1, y0, z1], [x0, y0, z1], [0, -1, 0], colour, kind, alpha);
    return this;
  }

  // A body turned round an upright axis, by radius and height from the foot up.
  turned([x, y, z], profile, colour, kind = plain, alpha = 1, sides = 24) {
    const list = alpha < 1 ? this.clear : this.solid;
    for (let i = 0; i + 1 < profile.length; i++) {
      const [r0, h0] = profile[i];
      const [r1, h1] = profile[i + 1];
      const slope = Math.atan2(r0 - r1, h1 - h0);
      for (let s = 0; s < sides; s++) {
        const a = s / sides * Math.PI * 2;
        const b = (s + 1) / sides * Math.PI * 2;
        const at = (r, h, angle) => [x + r * Math.cos(angle), y + h, z + r * Math.sin(angle)];
        const to = (angle) => [
          Math.cos(angle) * Math.cos(slope), Math.sin(slope), Math.sin(angle) * Math.cos(slope),
        ];
        for (const [r, h, angle] of [[r0, h0, a], [r1, h1, a], [r1, h1, b], [r0, h0, a], [r1, h1, b], [r0, h0, b]]) {
          this.corner(list, at(r, h, angle), to(angle), colour, kind, alpha);
        }
      }
    }
    return this;
  }

  cylinder(place, radius, height, colour, kind = plain, alpha = 1) {
    return this.turned(place, [[0, 0], [radius, 0], [radius, height], [0, height]], colour, kind, alpha);
  }

  ball([x, y, z], radius, colour, kind = plain, alpha = 1) {
    const profile = [];
    for (let i = 0; i <= 12; i++) {
      const angle = -Math.PI / 2 + i / 12 * Math.PI;
      profile.push([Math.max(0, Math.cos(angle)) * radius, Math.sin(angle) * radius]);
    }
    return this.turned([x, y, z], profile, colour, kind, alpha, 20);
  }
}
