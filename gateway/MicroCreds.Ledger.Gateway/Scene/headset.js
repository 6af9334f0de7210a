// The same game with a headset: the room round the player, one looks and points, and what is asked hangs in the air.

import { meet, minus, multiply, plus } from './matrix.js';

const boardSize = [1.3, 0.98];

const boardVertex = `#version 300 es
layout(location = 0) in vec2 corner; uniform mat4 view; uniform vec3 middle; uniform vec3 right; out vec2 spot;
void main() {
  spot = vec2(corner.x + .5, .5 - corner.y);
  gl_Position = view * vec4(middle + right * corner.x * ${boardSize[0]} + vec3(0, corner.y * ${boardSize[1]}, 0), 1.);
}`;
const boardFragment = `#version 300 es
precision mediump float; in vec2 spot; uniform sampler2D words; out vec4 seen;
void main() { seen = texture(words, spot); }`;

export async function hasHeadset() {
  return await navigator.xr?.isSessionSupported?.('immersive-vr').catch(() => false) ?? false;
}

export class Headset {
  // asked gives what is asked now: { title, text, options }; choose takes an option, pick a thing.
  constructor(picture, { asked, choose, pick, marks, ended }) {
    Object.assign(this, { picture, asked, choose, pick, marks, ended });
    this.page = document.createElement('canvas');
    [this.page.width, this.page.height] = [1024, 772];
    this.rows = [];
  }

  async start() {
    const { gl } = this.picture;
    this.session = await navigator.xr.requestSession('immersive-vr', { optionalFeatures: ['local-floor'] });
    await gl.makeXRCompatible();
    this.session.updateRenderState({ baseLayer: new XRWebGLLayer(this.session, gl) });
    this.space = await this.session.requestReferenceSpace('local-floor')
      .catch(() => this.session.requestReferenceSpace('local'));
    // The player stands before the bench in the middle.
    this.space = this.space.getOffsetReferenceSpace(new XRRigidTransform({ x: 0, y: 0, z: -1.6 }));
    this.makeBoard();
    this.session.addEventListener('end', () => this.ended());
    this.session.addEventListener('select', (event) => this.select(event));
    this.session.requestAnimationFrame((time, frame) => this.drawFrame(time, frame));
  }

  drawFrame(time, frame) {
    const { gl } = this.picture;
    const pose = frame.getViewerPose(this.space);
    this.session.requestAnimationFrame((next, following) => this.drawFrame(next, following));
    if (!pose) return;
    const layer = this.session.renderState.baseLayer;
    gl.bindFramebuffer(gl.FRAMEBUFFER, layer.framebuffer);
    this.picture.clear(layer.framebufferWidth, layer.framebufferHeight);
    this.hangBoard(pose);
    for (const eye of pose.views) {
      const part = layer.getViewport(eye);
      gl.viewport(part.x, part.y, part.width, part.height);
      const view = multiply(eye.projectionMatrix, eye.transform.inverse.matrix);
      const at = eye.transform.position;
      this.picture.draw(view, [at.x, at.y, at.z], time / 1000, this.marks());
      this.drawBoard(view);
    }
  }

  // It hangs where one looked when something was asked, and stays there.
  hangBoard(pose) {
    const asked = this.asked();
    const said = JSON.stringify(asked);
    if (said === this.said) return;
    this.said = said;
    const matrix = pose.transform.matrix;
    const ahead = [-matrix[8], 0, -matrix[10]];
    const length = Math.hypot(...ahead) || 1;
    const at = pose.transform.position;
    this.middle = plus([at.x, Math.max(1.2, at.y - 0.15), at.z], [ahead[0] / length, 0, ahead[2] / length], 1.5);
    this.right = [-ahead[2] / length, 0, ahead[0] / length];
    this.write(asked);
  }

  write({ title, text, options }) {
    const { gl } = this.picture;
    const pen = this.page.getContext('2d');
    pen.fillStyle = '#12202eee';
    pen.fillRect(0, 0, 1024, 772);
    pen.fillStyle = '#fff';
    pen.font = '600 44px sans-serif';
    let y = this.lines(pen, title, 48, 70, 52);
    pen.font = '34px sans-serif';
    y = this.lines(pen, text, 48, y + 14, 44) + 10;
    this.rows = [];
    for (const option of options) {
      const top = y;
      const bottom = this.lines(pen, option, 76, top + 44, 42, true) + 8;
      pen.fillStyle = '#2c5d93';
      pen.beginPath();
      pen.roundRect(40, top, 944, bottom - top, 14);
      pen.fill();
      pen.fillStyle = '#fff';
      this.lines(pen, option, 76, top + 44, 42);
      this.rows.push([top, bottom]);
      y = bottom + 14;
    }
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, this.page);
  }

  lines(pen, text, x, y, height, isMeasured = false) {
    let line = '';
    for (const word of `${text} `.split(' ')) {
      if (word && pen.measureText(`${line} ${word}`).width < 880) {
        line = `${line} ${word}`.trim();
        continue;
      }
      if (line && !isMeasured) pen.fillText(line, x, y);
      if (line) y += height;
      line = word;
    }
    return y - height + 16;
  }

  makeBoard() {
    const { gl } = this.picture;
    const shader = (type, source) => {
      const made = gl.createShader(type);
      gl.shaderSource(made, source);
      gl.compileShader(made);
      return made;
    };
    this.program = gl.createProgram();
    gl.attachShader(this.program, shader(gl.VERTEX_SHADER, boardVertex));
    gl.attachShader(this.program, shader(gl.FRAGMENT_SHADER, boardFragment));
    gl.linkProgram(this.program);
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    const corners = [-0.5, -0.5, 0.5, -0.5, 0.5, 0.5, -0.5, -0.5, 0.5, 0.5, -0.5, 0.5];
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(corners), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindVertexArray(null);
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  }

  drawBoard(view) {
    const { gl } = this.picture;
    gl.useProgram(this.program);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.uniformMatrix4fv(gl.getUniformLocation(this.program, 'view'), false, view);
    gl.uniform3fv(gl.getUniformLocation(this.program, 'middle'), this.middle);
    gl.uniform3fv(gl.getUniformLocation(this.program, 'right'), this.right);
    gl.bindVertexArray(this.array);
    gl.drawArrays(gl.TRIANGLES, 0, 6);
    gl.bindVertexArray(null);
  }

  select(event) {
    const pose = event.frame.getPose(event.inputSource.targetRaySpace, this.space);
    if (!pose) return;
    const m = pose.transform.matrix;
    const [from, along] = [[m[12], m[13], m[14]], [-m[8], -m[9], -m[10]]];
    const row = this.rowAt(from, along);
    if (row >= 0) this.choose(row);
    else if (row === -1) this.pick(thingAt(this.picture, from, along));
  }

  // The option a ray meets; -2 if it meets the board beside them, -1 if it misses it.
  rowAt(from, along) {
    const facing = [this.right[2], 0, -this.right[0]];
    const slant = along[0] * facing[0] + along[2] * facing[2];
    const gap = minus(this.middle, from);
    const far = (gap[0] * facing[0] + gap[2] * facing[2]) / slant;
    if (!(far > 0)) return -1;
    const spot = minus(plus(from, along, far), this.middle);
    const x = (spot[0] * this.right[0] + spot[2] * this.right[2]) / boardSize[0] + 0.5;
    const y = (0.5 - spot[1] / boardSize[1]) * 772;
    if (x < 0 || x > 1 || y < 0 || y > 772) return -1;
    const row = this.rows.findIndex(([top, bottom]) => y >= top && y <= bottom);
    return row < 0 ? -2 : row;
  }
}

// The thing that a ray meets first; null if it meets none.
export function thingAt(picture, from, along) {
  let first = null;
  let nearest = Infinity;
  for (const [id, one] of picture.things) {
    const far = meet(from, along, one.box);
    if (far !== null && far < nearest) [first, nearest] = [id, far];
  }
  return first;
}
