// Draws the room: one lamp that throws shadows, the light of ceiling and window, reflections of both; clear things
// come last. All light is reckoned in the shader; there is no file to load.

import { lookAt, multiply, parallel, project } from './matrix.js';
import { buildLamps, buildRoom, buildThing } from './room.js';

const floats = 11;
const shadowSize = 2048;

const vertexSource = `#version 300 es
layout(location = 0) in vec3 place; layout(location = 1) in vec3 normal; layout(location = 2) in vec3 colour;
layout(location = 3) in vec2 kind;
uniform mat4 view; uniform mat4 lamp; uniform float time;
out vec3 at; out vec3 facing; out vec3 tint; out vec2 what; out vec4 inLamp;
void main() {
  vec3 p = place;
  if (int(kind.x + .5) == 6) {
    float sway = sin(time * 5. + p.y * 9.) * .01 + sin(time * 13. + p.y * 31.) * .004;
    p.x += sway; p.z += sway * .6;
  }
  at = p; facing = normal; tint = colour; what = kind; inLamp = lamp * vec4(p, 1.);
  gl_Position = view * vec4(p, 1.);
}`;

const fragmentSource = `#version 300 es
precision highp float; precision highp sampler2DShadow;
in vec3 at; in vec3 facing; in vec3 tint; in vec2 what; in vec4 inLamp;
uniform sampler2DShadow shade; uniform vec3 eye; uniform float glint; uniform float time; uniform vec3 mark;
out vec4 seen;
float noise(vec2 p) { return fract(sin(dot(p, vec2(12.9898, 78.233))) * 43758.5453); }
float soft(vec2 p) {
  vec2 i = floor(p); vec2 f = fract(p); f = f * f * (3. - 2. * f);
  return mix(mix(noise(i), noise(i + vec2(1, 0)), f.x), mix(noise(i + vec2(0, 1)), noise(i + vec2(1, 1)), f.x), f.y);
}
float lit() {
  vec3 p = inLamp.xyz / inLamp.w * .5 + .5;
  float sum = 0.;
  for (int x = -2; x <= 2; x++) for (int y = -2; y <= 2; y++)
    sum += texture(shade, vec3(p.xy + vec2(x, y) * 1.3 / ${shadowSize}., p.z - .0016));
  return sum / 25.;
}
// Corners of the room are darker: less of it is seen from there.
float corner() {
  float walls = min(min(4. - abs(at.x), 3. - abs(at.z)), min(at.y, 2.9 - at.y));
  float others = min(4. - abs(at.x), 3. - abs(at.z));
  float a = mix(.62, 1., smoothstep(0., .9, others));
  return a * mix(.78, 1., smoothstep(-.05, .5, max(at.y, walls)));
}
void main() {
  int kind = int(what.x + .5);
  vec3 n = normalize(gl_FrontFacing ? facing : -facing);
  vec3 v = normalize(eye - at);
  vec3 base = pow(tint, vec3(2.2)); float rough = .6; float shine = .05;
  if (kind == 1) {
    vec2 cell = at.xz * 1.6667; vec2 edge = abs(fract(cell) - .5);
    float line = smoothstep(.485, .5, max(edge.x, edge.y));
    base *= .93 + .1 * noise(floor(cell)) + .04 * soft(at.xz * 26.);
    base = mix(base, vec3(.1, .11, .12), line); rough = mix(.28, .8, line); shine = .07;
  } else if (kind == 2) { base *= .97 + .04 * soft(at.xy * 2.3 + at.zz * 2.3); rough = .55; }
  else if (kind == 4) { rough = .22; shine = .5; }
  else if (kind == 5) {
    float grain = soft(vec2(at.x * 3., at.z * 60. + at.y * 60.) + soft(at.xz * 6.));
    base *= .75 + .45 * grain; rough = .5;
  }
  vec3 light = vec3(0.); float alpha = what.y;
  vec3 toLamp = normalize(vec3(1.6, 5.4, 2.4));
  float shadow = lit();
  vec3 warm = vec3(1., .95, .86) * 1.55; vec3 cool = vec3(.62, .78, 1.);
  float facingLamp = max(dot(n, toLamp), 0.);
  light += base * warm * facingLamp * shadow * .95;
  float up = n.y * .5 + .5;
  light += base * mix(vec3(.3, .29, .29), vec3(.58, .62, .66), up) * .62 * corner();
  vec3 window = vec3(.55, 1.75, -2.6) - at; float far = length(window);
  float fromWindow = max(dot(n, window / far), 0.) / (1. + far * far * .22);
  light += base * cool * fromWindow * 1.1;
  for (int i = 0; i < 3; i++) {
    vec3 strip = vec3(i == 0 ? -2. : i == 1 ? .4 : 2.6, 2.85, clamp(at.z, -1.3, 1.3)) - at;
    float d = length(strip); vec3 l = strip / d;
    light += base * vec3(1., .97, .9) * max(dot(n, l), 0.) / (1. + d * d * .9) * .8;
    vec3 h = normalize(l + v);
    light += shine * vec3(1.) * pow(max(dot(n, h), 0.), mix(160., 14., rough)) * .9;
  }
  vec3 h = normalize(toLamp + v);
  light += shine * warm * pow(max(dot(n, h), 0.), mix(220., 16., rough)) * shadow * 1.6;
  float rim = pow(1. - max(dot(n, v), 0.), 5.);
  light += mix(vec3(.25), cool * .6, up) * rim * (shine + .03) * 1.6;
  if (kind == 4) {
    vec3 r = reflect(-v, n);
    light += base * mix(vec3(.12, .13, .14), vec3(.85, .9, .96), smoothstep(-.2, .9, r.y)) * .6;
  }
  if (kind == 3) light = pow(tint, vec3(2.2)) * 2.4;
  if (kind == 7) light = light * .5 + base * .5;
  if (kind == 6) { light = tint * (1.1 + .25 * sin(time * 9. + at.y * 14.)); alpha *= .8 + .2 * rim; }
  if (alpha < 1. && kind != 6) alpha = clamp(alpha + rim * .5, 0., 1.);
  light += mark * (.12 + .1 * sin(time * 4.) + rim * .9) * glint;
  light *= .82;
  light = light * (2.51 * light + .03) / (light * (2.43 * light + .59) + .14);
  seen = vec4(pow(light, vec3(1. / 2.2)), alpha);
}`;

const shadowVertex = `#version 300 es
layout(location = 0) in vec3 place; uniform mat4 lamp; void main() { gl_Position = lamp * vec4(place, 1.); }`;
const shadowFragment = '#version 300 es\nprecision mediump float; out vec4 seen; void main() { seen = vec4(1.); }';

function compile(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}

export class Picture {
  constructor(canvas) {
    const gl = canvas.getContext('webgl2', { antialias: true, xrCompatible: true });
    if (!gl) throw new Error('no WebGL 2');
    this.gl = gl;
    this.canvas = canvas;
    this.program = compile(gl, vertexSource, fragmentSource);
    this.shadowProgram = compile(gl, shadowVertex, shadowFragment);
    this.places = new Map();
    this.lamp = multiply(parallel(5.6, 1, 14), lookAt([1.9, 6.6, 2.9], [0, 0.6, -0.5], [0, 0, -1]));
    this.shadow = this.makeShadow();
    this.room = this.upload(buildRoom());
    this.lamps = this.upload(buildLamps());
    this.known = new Map();
    this.things = new Map();
  }

  makeShadow() {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.DEPTH_COMPONENT24, shadowSize, shadowSize);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_COMPARE_MODE, gl.COMPARE_REF_TO_TEXTURE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    const frame = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.TEXTURE_2D, texture, 0);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return { texture, frame };
  }

  upload(mesh) {
    const { gl } = this;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([...mesh.solid, ...mesh.clear]), gl.STATIC_DRAW);
    [3, 3, 3, 2].reduce((offset, size, index) => {
      gl.enableVertexAttribArray(index);
      gl.vertexAttribPointer(index, size, gl.FLOAT, false, floats * 4, offset * 4);
      return offset + size;
    }, 0);
    gl.bindVertexArray(null);
    return { array, solid: mesh.solid.length / floats, clear: mesh.clear.length / floats };
  }

  // What is in the room from now on.
  furnish(ids) {
    this.things.clear();
    for (const id of ids) {
      if (!this.known.has(id)) {
        const { mesh, box, middle } = buildThing(id);
        this.known.set(id, { ...this.upload(mesh), box, middle });
      }
      this.things.set(id, this.known.get(id));
    }
    this.drawShadows();
  }

  drawShadows() {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.shadow.frame);
    gl.viewport(0, 0, shadowSize, shadowSize);
    gl.clear(gl.DEPTH_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);
    gl.disable(gl.BLEND);
    gl.useProgram(this.shadowProgram);
    gl.uniformMatrix4fv(this.place(this.shadowProgram, 'lamp'), false, this.lamp);
    // The lamp shines through the ceiling and the walls, which are faces seen from inside alone.
    gl.enable(gl.CULL_FACE);
    gl.cullFace(gl.BACK);
    for (const one of [this.room, ...this.things.values()]) {
      gl.bindVertexArray(one.array);
      gl.drawArrays(gl.TRIANGLES, 0, one.solid);
    }
    gl.disable(gl.CULL_FACE);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  place(program, name) {
    const key = `${program === this.program}${name}`;
    if (!this.places.has(key)) this.places.set(key, this.gl.getUniformLocation(program, name));
    return this.places.get(key);
  }

  // Draws all as one eye sees it. marks: by thing, how it is lit up.
  draw(view, eye, time, marks) {
    const { gl, program } = this;
    gl.useProgram(program);
    gl.enable(gl.DEPTH_TEST);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.shadow.texture);
    gl.uniform1i(this.place(program, 'shade'), 0);
    gl.uniformMatrix4fv(this.place(program, 'view'), false, view);
    gl.uniformMatrix4fv(this.place(program, 'lamp'), false, this.lamp);
    gl.uniform3fv(this.place(program, 'eye'), eye);
    gl.uniform1f(this.place(program, 'time'), time);
    const mark = (id) => {
      const given = marks.get(id);
      gl.uniform1f(this.place(program, 'glint'), given ? 1 : 0);
      gl.uniform3fv(this.place(program, 'mark'), given ?? [0, 0, 0]);
    };
    mark(null);
    gl.disable(gl.BLEND);
    for (const one of [this.room, this.lamps]) {
      gl.bindVertexArray(one.array);
      gl.drawArrays(gl.TRIANGLES, 0, one.solid);
    }
    for (const [id, one] of this.things) {
      mark(id);
      gl.bindVertexArray(one.array);
      gl.drawArrays(gl.TRIANGLES, 0, one.solid);
    }
    gl.enable(gl.BLEND);
    gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.depthMask(false);
    for (const [id, one] of this.things) {
      if (one.clear === 0) continue;
      mark(id);
      gl.bindVertexArray(one.array);
      gl.drawArrays(gl.TRIANGLES, one.solid, one.clear);
    }
    gl.depthMask(true);
    gl.bindVertexArray(null);
  }

  clear(width, height) {
    const { gl } = this;
    gl.viewport(0, 0, width, height);
    gl.clearColor(0.1, 0.11, 0.12, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  }

  // Where a thing is on the picture, from 0 to 1; null if it is behind the eye.
  spotOf(id, view) {
    const one = this.things.get(id);
    if (!one) return null;
    const [x, y, , w] = project(view, [one.middle[0], one.box.max[1] + 0.02, one.middle[2]]);
    return w <= 0.1 ? null : { x: x / w * 0.5 + 0.5, y: 0.5 - y / w * 0.5, far: w };
  }
}
