// A map: where points are, which part of the plane is seen, and what is written over the cloud of points.

import * as colors from './colors.js';
import { Cloud } from './cloud.js';
import { listen } from './pointing.js';

const budget = 12; // milliseconds for a frame while moving; with more points a part of them is drawn until the map rests
const nearEnough = 14; // pixels between a click and the point meant
const font = 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
const inks = {
  light: { text: '28,36,48', ground: '255,255,255', selected: '#d55e00', from: '#007a5a', to: '#b0568c' },
  dark: { text: '230,234,240', ground: '18,22,28', selected: '#ff9d5c', from: '#35d0a5', to: '#f0a6d2' },
};

export class Landscape {
  constructor(canvas, listeners) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
    this.listeners = listeners;
    this.cloud = new Cloud();
    this.count = 0;
    this.view = { x: 0, y: 0, kx: 1, ky: 1 };
    this.theme = 'light';
    this.marks = [];
    this.current = -1;
    this.selection = new Set();
    this.sides = { from: [], to: [] };
    this.costOfPoint = 1e-5; // milliseconds, measured again with each frame
    this.frames = [];
    new ResizeObserver(() => this.resize()).observe(canvas);
    listen(this);
    this.resize();
  }

  setPoints(xs, ys, labels) {
    const fresh = this.count === 0 || this.labels?.x !== labels.x || this.labels?.y !== labels.y;
    Object.assign(this, { xs, ys, labels, count: xs.length });
    if (fresh) this.fit(); else this.draw();
  }

  setColoring(coloring, theme, highlighted) {
    this.cloud.setColors(coloring, theme, highlighted);
    this.theme = theme;
    this.draw();
  }

  setMarks(current, marks) { this.current = current; this.marks = marks; this.draw(); }

  setSelection(rows) { this.selection = new Set(rows); this.draw(); }

  setSides(from, to) { this.sides = { from, to }; this.draw(); }

  fit() {
    const [x0, x1] = this.extent(this.xs), [y0, y1] = this.extent(this.ys);
    this.view = { x: (x0 + x1) / 2, y: (y0 + y1) / 2, kx: 0.9 / ((x1 - x0) || 1), ky: 0.9 / ((y1 - y0) || 1) };
    this.moved();
  }

  // All but a thousandth at either end: single outliers would press the rest together.
  extent(values) {
    const step = Math.max(1, Math.floor(values.length / 20000)), some = [];
    for (let i = 0; i < values.length; i += step) if (Number.isFinite(values[i])) some.push(values[i]);
    if (some.length === 0) return [0, 1];
    some.sort((a, b) => a - b);
    const low = some[Math.floor(some.length * 0.001)], high = some[Math.ceil(some.length * 0.999) - 1];
    return low === high ? [low - 0.5, low + 0.5] : [low, high];
  }

  goTo(row) {
    if (!Number.isFinite(this.xs[row]) || !Number.isFinite(this.ys[row])) return;
    const [px, py] = this.place(row);
    if (px > 30 && py > 30 && px < this.width - 30 && py < this.height - 30) return;
    this.view = { ...this.view, x: this.xs[row], y: this.ys[row] };
    this.moved();
  }

  place(row) {
    const { x, y, kx, ky } = this.view;
    return [(this.xs[row] - x) * kx * this.width + this.width / 2, (y - this.ys[row]) * ky * this.height + this.height / 2];
  }

  resize() {
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    this.width = Math.max(1, this.canvas.clientWidth);
    this.height = Math.max(1, this.canvas.clientHeight);
    this.scale = scale;
    this.canvas.width = Math.round(this.width * scale);
    this.canvas.height = Math.round(this.height * scale);
    this.cloud.resize(this.context, this.canvas.width, this.canvas.height);
    this.draw();
  }

  moved() {
    this.moving = true;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => { this.moving = false; this.draw(); this.listeners.changed(); }, 160);
    this.draw();
  }

  draw() {
    if (this.pending) return;
    this.pending = requestAnimationFrame((time) => { this.pending = 0; this.paint(time); });
  }

  paint(time) {
    if (!this.count || !this.cloud.palette) {
      this.context.fillStyle = colors.css(colors.grounds[this.theme]);
      this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
      return;
    }
    this.frames.push(time);
    if (this.frames.length > 240) this.frames.shift();
    const begun = performance.now();
    const step = this.moving ? Math.max(1, Math.ceil(this.count * this.costOfPoint / budget)) : 1;
    this.cloud.draw(this.context, this, this.view, this.pointSize(), step);
    const cost = (performance.now() - begun) / Math.ceil(this.count / step);
    this.costOfPoint = this.costOfPoint * 0.7 + cost * 0.3;
    this.context.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    this.drawAxes();
    this.drawSelection();
    const taken = [[0, this.height - 44, this.width, this.height], [0, 0, 12 + this.context.measureText(this.labels.y).width + 30, 26]];
    this.drawMarks(taken);
    if (!this.moving && this.names) for (const [row, key] of this.names) this.write(key, ...this.place(row), 5, taken, false);
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    if (!this.moving) this.listeners.drawn();
  }

  // Larger points when fewer of them are in sight.
  pointSize() {
    const fitted = this.fitted(), { kx, ky } = this.view, shown = this.count / Math.max(1, (kx / fitted.kx) * (ky / fitted.ky));
    const size = shown > 150000 ? 1 : shown > 30000 ? 2 : shown > 8000 ? 3 : shown > 2000 ? 5 : shown > 300 ? 7 : 9;
    return Math.max(1, Math.round(size * (this.scale > 1 ? 1.5 : 1)));
  }

  fitted() {
    if (this.fittedOf !== this.xs || this.fittedOfY !== this.ys) {
      const [x0, x1] = this.extent(this.xs), [y0, y1] = this.extent(this.ys);
      Object.assign(this, { fittedOf: this.xs, fittedOfY: this.ys, fittedView: { kx: 0.9 / ((x1 - x0) || 1), ky: 0.9 / ((y1 - y0) || 1) } });
    }
    return this.fittedView;
  }

  ink(share = 1) { return `rgba(${inks[this.theme].text},${share})`; }

  ground(share = 1) { return `rgba(${inks[this.theme].ground},${share})`; }

  // Text with a halo of the ground.
  text(text, x, y, share = 1) {
    const c = this.context;
    c.lineJoin = 'round'; c.lineWidth = 3; c.strokeStyle = this.ground(0.85); c.strokeText(text, x, y);
    c.fillStyle = this.ink(share); c.fillText(text, x, y);
  }

  drawAxes() {
    const c = this.context, { x, y, kx, ky } = this.view, width = 1 / kx, height = 1 / ky;
    c.lineWidth = 1;
    c.strokeStyle = this.ink(0.18);
    const zeroX = Math.round((0.5 - x * kx) * this.width) + 0.5, zeroY = Math.round((0.5 + y * ky) * this.height) + 0.5;
    c.beginPath(); c.moveTo(zeroX, 0); c.lineTo(zeroX, this.height); c.moveTo(0, zeroY); c.lineTo(this.width, zeroY); c.stroke();
    c.font = `11px ${font}`;
    c.strokeStyle = this.ink(0.4);
    c.textAlign = 'center';
    for (const tick of ticks(x - width / 2, x + width / 2)) {
      const px = ((tick - x) * kx + 0.5) * this.width;
      c.strokeStyle = this.ink(0.4); c.lineWidth = 1; c.beginPath(); c.moveTo(px, this.height); c.lineTo(px, this.height - 5); c.stroke();
      this.text(label(tick), px, this.height - 9, 0.75);
    }
    c.textAlign = 'left';
    for (const tick of ticks(y - height / 2, y + height / 2)) {
      const py = ((y - tick) * ky + 0.5) * this.height;
      if (py < 40 || py > this.height - 24) continue;
      c.strokeStyle = this.ink(0.4); c.lineWidth = 1; c.beginPath(); c.moveTo(0, py); c.lineTo(5, py); c.stroke();
      this.text(label(tick), 8, py + 4, 0.75);
    }
    c.font = `600 12px ${font}`;
    this.text(`\u2191 ${this.labels.y}`, 8, 18);
    c.textAlign = 'right';
    this.text(`${this.labels.x} \u2192`, this.width - 10, this.height - 27);
    if (this.canvas.matches(':focus-visible')) { // where Enter and the space bar choose
      const px = Math.round(this.width / 2) + 0.5, py = Math.round(this.height / 2) + 0.5;
      c.strokeStyle = this.ink(0.8); c.lineWidth = 1;
      c.beginPath(); c.moveTo(px - 12, py); c.lineTo(px - 4, py); c.moveTo(px + 4, py); c.lineTo(px + 12, py); c.moveTo(px, py - 12); c.lineTo(px, py - 4); c.moveTo(px, py + 4); c.lineTo(px, py + 12); c.stroke();
    }
  }

  drawSelection() {
    const c = this.context, colorOf = inks[this.theme];
    const each = (rows, color, draw) => {
      c.fillStyle = color;
      let left = 20000;
      for (const row of rows) {
        if (left-- === 0) break;
        const [px, py] = this.place(row);
        if (px >= 0 && py >= 0 && px <= this.width && py <= this.height) draw(px, py);
      }
    };
    each(this.selection, colorOf.selected, (px, py) => c.fillRect(px - 2, py - 2, 4, 4));
    each(this.sides.from, colorOf.from, (px, py) => { c.beginPath(); c.moveTo(px, py - 5); c.lineTo(px + 5, py + 4); c.lineTo(px - 5, py + 4); c.fill(); });
    each(this.sides.to, colorOf.to, (px, py) => { c.beginPath(); c.moveTo(px, py - 5); c.lineTo(px + 5, py); c.lineTo(px, py + 5); c.lineTo(px - 5, py); c.fill(); });
    if (this.box) {
      const { x0, y0, x1, y1 } = this.box;
      c.fillStyle = this.ink(0.06); c.fillRect(x0, y0, x1 - x0, y1 - y0);
      c.lineWidth = 1; c.strokeStyle = this.ink(0.8); c.setLineDash([4, 3]); c.strokeRect(x0, y0, x1 - x0, y1 - y0); c.setLineDash([]);
    }
  }

  drawMarks(taken) {
    if (this.current >= 0) this.mark(this.current, this.currentKey, 7, taken, true);
    this.marks.forEach((mark) => this.mark(mark.row, mark.key, 4.5, taken, false));
  }

  mark(row, key, radius, taken, always) {
    if (row < 0 || !Number.isFinite(this.xs[row]) || !Number.isFinite(this.ys[row])) return;
    const c = this.context, [px, py] = this.place(row);
    for (const [width, color] of [[4.5, this.ground(0.9)], [2, this.ink()]]) {
      c.beginPath(); c.arc(px, py, radius, 0, 2 * Math.PI);
      c.lineWidth = width; c.strokeStyle = color; c.stroke();
    }
    if (key) this.write(key, px, py, radius + 4, taken, always);
  }

  // The name of a point to its right, or to its left where there is no room; left out where it would lie on another one.
  write(text, px, py, apart, taken, always) {
    const c = this.context;
    c.font = `${always ? '600 14px' : '12px'} ${font}`;
    c.textAlign = 'left';
    const width = c.measureText(text).width, left = px + apart + width > this.width - 4 ? px - apart - width : px + apart;
    const box = [left - 2, py - 9, left + width + 2, py + 8];
    if (!always && taken.some((t) => t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3])) return;
    taken.push(box);
    this.text(text, left, py + 4);
  }

  // The first row in sight of each part of a grid: a few points that get their names.
  landmarkRows() {
    const columns = Math.max(2, Math.round(this.width / 150)), lines = Math.max(3, Math.round(this.height / 75)), found = new Map();
    for (let i = 0; i < this.count && found.size < columns * lines; i++) {
      const [px, py] = this.place(i);
      if (!(px >= 20 && py >= 24 && px < this.width - 30 && py < this.height - 48)) continue;
      const cell = Math.floor(px / this.width * columns) * lines + Math.floor(py / this.height * lines);
      if (!found.has(cell)) found.set(cell, i);
    }
    return [...found.values()];
  }

  rowAt(px, py) {
    let best = -1, least = nearEnough * nearEnough;
    const { xs, ys, count, view: { x, y, kx, ky } } = this, sx = kx * this.width, sy = ky * this.height;
    const wx = (px - this.width / 2) / sx + x, wy = y - (py - this.height / 2) / sy;
    for (let i = 0; i < count; i++) {
      const dx = (xs[i] - wx) * sx, dy = (ys[i] - wy) * sy, d = dx * dx + dy * dy;
      if (d < least) { least = d; best = i; }
    }
    return best;
  }

  rowsIn({ x0, y0, x1, y1 }) {
    const rows = [], left = Math.min(x0, x1), right = Math.max(x0, x1), top = Math.min(y0, y1), bottom = Math.max(y0, y1);
    for (let i = 0; i < this.count; i++) {
      const [px, py] = this.place(i);
      if (px >= left && px <= right && py >= top && py <= bottom) rows.push(i);
    }
    return rows;
  }

  nearestTo(px, py) {
    let best = -1, least = Infinity;
    for (let i = 0; i < this.count; i++) {
      const [x, y] = this.place(i), d = (x - px) ** 2 + (y - py) ** 2;
      if (d < least) { least = d; best = i; }
    }
    return best;
  }

  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const v = this.view, fx = px / this.width - 0.5, fy = py / this.height - 0.5;
    const kx = v.kx * factor, ky = v.ky * factor;
    this.view = { kx, ky, x: v.x + fx / v.kx - fx / kx, y: v.y - fy / v.ky + fy / ky };
    this.moved();
  }

  pan(px, py) {
    this.view = { ...this.view, x: this.view.x - px / this.width / this.view.kx, y: this.view.y + py / this.height / this.view.ky };
    this.moved();
  }
}

function ticks(low, high) {
  const rough = (high - low) / 6, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? rough;
  const found = [];
  for (let t = Math.ceil(low / step) * step; t < high && found.length < 20; t += step) found.push(Math.abs(t) < step / 1e6 ? 0 : t);
  return found;
}

const label = (value) => (Math.abs(value) >= 1e5 ? value.toExponential(1) : String(Number(value.toPrecision(4))));
