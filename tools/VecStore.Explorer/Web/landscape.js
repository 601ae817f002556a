// A map drawn point by point into a picture: no graphics card is needed, and a million points take some ten milliseconds.
// Pixels count how many points fall on them; a pixel's colour is that of its last point, stronger the more there are.

import * as colors from './colors.js';

const levels = 16; // shades of a pixel, by the number of points on it
const budget = 12; // milliseconds for a frame while moving; with more points a part of them is drawn until the map rests
const nearEnough = 14; // pixels between a click and the point meant

export class Landscape {
  constructor(canvas, { changed, picked, selected }) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
    this.listeners = { changed, picked, selected };
    this.count = 0;
    this.view = { x: 0, y: 0, kx: 1, ky: 1 };
    this.marks = [];
    this.current = -1;
    this.selection = new Set();
    this.costOfPoint = 1e-5; // milliseconds, measured again with each frame
    this.frames = [];
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.listen();
    this.resize();
  }

  setPoints(xs, ys, labels) {
    const fresh = this.count === 0 || this.labels?.x !== labels.x || this.labels?.y !== labels.y;
    Object.assign(this, { xs, ys, labels, count: xs.length });
    this.landmarks = null;
    if (fresh) this.fit(); else this.draw();
  }

  setColoring(coloring, theme) {
    this.codes = coloring?.codes ?? null;
    this.palette = colors.palette(coloring, theme);
    this.dark = theme === 'dark';
    this.shades = null;
    this.draw();
  }

  setMarks(current, marks) { this.current = current; this.marks = marks; this.draw(); }

  setSelection(rows) { this.selection = new Set(rows); this.draw(); }

  fit() {
    const [x0, x1] = this.extent(this.xs), [y0, y1] = this.extent(this.ys);
    this.view = { x: (x0 + x1) / 2, y: (y0 + y1) / 2, kx: 0.92 / ((x1 - x0) || 1), ky: 0.92 / ((y1 - y0) || 1) };
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
    this.image = this.context.createImageData(this.canvas.width, this.canvas.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.hits = new Uint8Array(this.pixels.length);
    this.last = new Uint8Array(this.pixels.length);
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
    this.frames.push(time);
    if (this.frames.length > 240) this.frames.shift();
    if (!this.count || !this.palette) return;
    const begun = performance.now();
    const step = this.moving ? Math.max(1, Math.ceil(this.count * this.costOfPoint / budget)) : 1;
    this.scatter(step);
    const drawn = Math.ceil(this.count / step), cost = (performance.now() - begun) / drawn;
    this.costOfPoint = this.costOfPoint * 0.7 + cost * 0.3;
    this.shade();
    this.context.putImageData(this.image, 0, 0);
    this.context.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    this.drawAxes();
    this.drawSelection();
    this.drawMarks();
    if (!this.moving && this.names) this.drawLandmarks();
  }

  scatter(step) {
    const { xs, ys, codes, hits, last, count } = this;
    const w = this.canvas.width, h = this.canvas.height;
    const kx = this.view.kx * w, ky = this.view.ky * h, dx = w / 2 - this.view.x * kx, dy = h / 2 + this.view.y * ky;
    const size = this.pointSize();
    const back = size >> 1;
    hits.fill(0);
    for (let i = 0; i < count; i += step) {
      const px = xs[i] * kx + dx - back, py = dy - ys[i] * ky - back;
      if (!(px >= 0 && py >= 0 && px < w - size && py < h - size)) continue;
      const code = codes === null ? 1 : codes[i];
      let at = (py | 0) * w + (px | 0);
      for (let r = 0; r < size; r++, at += w) {
        for (let c = at; c < at + size; c++) {
          if (hits[c] < 255) hits[c]++;
          last[c] = code;
        }
      }
    }
  }

  // Larger points when fewer of them are in sight.
  pointSize() {
    const { kx, ky } = this.view, shown = this.count / Math.max(1, (kx / this.fitted().kx) * (ky / this.fitted().ky));
    return Math.max(1, Math.round((shown > 150000 ? 1 : shown > 30000 ? 2 : shown > 3000 ? 3 : shown > 300 ? 5 : 7) * (this.scale > 1 ? 1.5 : 1)));
  }

  fitted() {
    if (this.fittedOf !== this.xs) {
      const [x0, x1] = this.extent(this.xs), [y0, y1] = this.extent(this.ys);
      this.fittedOf = this.xs;
      this.fittedView = { kx: 0.92 / ((x1 - x0) || 1), ky: 0.92 / ((y1 - y0) || 1) };
    }
    return this.fittedView;
  }

  shade() {
    const { hits, last, pixels } = this;
    const ground = this.dark ? [18, 22, 28] : [255, 255, 255];
    if (!this.shades) {
      this.shades = new Uint32Array(256 * levels);
      for (let code = 0; code < 256; code++) {
        for (let level = 0; level < levels; level++) {
          const share = level === 0 ? 0 : 0.45 + 0.55 * Math.log(level) / Math.log(levels - 1);
          const [r, g, b] = this.palette[code].map((c, i) => Math.round(ground[i] + (c - ground[i]) * share));
          this.shades[code * levels + level] = (255 << 24) | (b << 16) | (g << 8) | r;
        }
      }
    }
    const shades = this.shades, empty = shades[0];
    for (let i = 0; i < pixels.length; i++) {
      const hit = hits[i];
      pixels[i] = hit === 0 ? empty : shades[last[i] * levels + (hit < levels ? hit : levels - 1)];
    }
  }

  ink(share = 1) { return this.dark ? `rgba(230,234,240,${share})` : `rgba(28,36,48,${share})`; }

  drawAxes() {
    const c = this.context, { x, y, kx, ky } = this.view;
    c.font = '11px system-ui, "DejaVu Sans", sans-serif';
    c.fillStyle = this.ink(0.75);
    c.strokeStyle = this.ink(0.25);
    c.lineWidth = 1;
    const width = 1 / kx, height = 1 / ky;
    for (const tick of ticks(x - width / 2, x + width / 2)) {
      const px = ((tick - x) * kx + 0.5) * this.width;
      c.beginPath(); c.moveTo(px, this.height); c.lineTo(px, this.height - 5); c.stroke();
      c.textAlign = 'center'; c.fillText(label(tick), px, this.height - 8);
    }
    for (const tick of ticks(y - height / 2, y + height / 2)) {
      const py = ((y - tick) * ky + 0.5) * this.height;
      c.beginPath(); c.moveTo(0, py); c.lineTo(5, py); c.stroke();
      c.textAlign = 'left'; c.fillText(label(tick), 8, py + 4);
    }
    c.font = '12px system-ui, "DejaVu Sans", sans-serif';
    c.fillStyle = this.ink(0.9);
    c.textAlign = 'right'; c.fillText(`${this.labels.x} \u2192`, this.width - 8, this.height - 24);
    c.save(); c.translate(46, 10); c.rotate(-Math.PI / 2); c.textAlign = 'right'; c.fillText(`${this.labels.y} \u2192`, 0, 0); c.restore();
  }

  drawSelection() {
    if (this.selection.size) {
      const c = this.context;
      c.fillStyle = this.dark ? 'rgba(255,176,102,.9)' : 'rgba(194,65,12,.85)';
      let left = 20000;
      for (const row of this.selection) {
        if (left-- === 0) break;
        const [px, py] = this.place(row);
        if (px >= 0 && py >= 0 && px <= this.width && py <= this.height) c.fillRect(px - 1.5, py - 1.5, 3, 3);
      }
    }
    if (this.box) {
      const c = this.context, { x0, y0, x1, y1 } = this.box;
      c.strokeStyle = this.ink(0.8); c.setLineDash([4, 3]); c.strokeRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0)); c.setLineDash([]);
    }
  }

  drawMarks() {
    const taken = [];
    this.marks.forEach((mark) => this.mark(mark.row, mark.key, 4, taken));
    if (this.current >= 0) this.mark(this.current, this.currentKey, 6, taken);
  }

  mark(row, key, radius, taken) {
    if (row < 0 || !Number.isFinite(this.xs[row]) || !Number.isFinite(this.ys[row])) return;
    const c = this.context, [px, py] = this.place(row);
    c.beginPath(); c.arc(px, py, radius, 0, 2 * Math.PI);
    c.lineWidth = 2; c.strokeStyle = this.dark ? '#ffb066' : '#c2410c'; c.stroke();
    if (key) this.write(key, px + radius + 3, py + 4, taken, radius > 4);
  }

  drawLandmarks() {
    const taken = [];
    for (const [row, key] of this.names) {
      const [px, py] = this.place(row);
      this.write(key, px + 5, py + 4, taken, false);
    }
  }

  // Text with a halo, unless it would lie on other text.
  write(text, x, y, taken, always) {
    const c = this.context;
    c.font = always ? '600 13px system-ui, "DejaVu Sans", sans-serif' : '12px system-ui, "DejaVu Sans", sans-serif';
    const width = c.measureText(text).width;
    const box = [x - 2, y - 12, x + width + 2, y + 4];
    if (!always && taken.some((t) => t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3])) return;
    taken.push(box);
    c.textAlign = 'left'; c.lineJoin = 'round'; c.lineWidth = 3;
    c.strokeStyle = this.dark ? 'rgba(18,22,28,.85)' : 'rgba(255,255,255,.85)';
    c.strokeText(text, x, y);
    c.fillStyle = this.ink();
    c.fillText(text, x, y);
  }

  // The first row in sight of each part of a grid: a few points that get their names.
  landmarkRows(columns = 6, lines = 8) {
    const found = new Map();
    for (let i = 0; i < this.count && found.size < columns * lines; i++) {
      const [px, py] = this.place(i);
      if (!(px >= 20 && py >= 20 && px < this.width - 60 && py < this.height - 40)) continue;
      const cell = Math.floor(px / this.width * columns) * lines + Math.floor(py / this.height * lines);
      if (!found.has(cell)) found.set(cell, i);
    }
    return [...found.values()];
  }

  rowAt(px, py) {
    let best = -1, least = nearEnough * nearEnough;
    const { x, y, kx, ky } = this.view, sx = kx * this.width, sy = ky * this.height;
    const wx = (px - this.width / 2) / sx + x, wy = y - (py - this.height / 2) / sy;
    for (let i = 0; i < this.count; i++) {
      const dx = (this.xs[i] - wx) * sx, dy = (this.ys[i] - wy) * sy, d = dx * dx + dy * dy;
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

  listen() {
    const canvas = this.canvas, pointers = new Map();
    let start = null;
    const at = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      const [x, y] = at(event);
      pointers.set(event.pointerId, [x, y]);
      start = { x, y, dragged: false };
      if (event.shiftKey) this.box = { x0: x, y0: y, x1: x, y1: y };
    });
    canvas.addEventListener('pointermove', (event) => {
      const [x, y] = at(event), before = pointers.get(event.pointerId);
      if (!before) { canvas.classList.toggle('over', this.count < 400000 && this.rowAt(x, y) >= 0); return; }
      if (Math.abs(x - start.x) + Math.abs(y - start.y) > 4) start.dragged = true;
      if (pointers.size === 2) {
        const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
        const was = Math.hypot(before[0] - other[0], before[1] - other[1]), is = Math.hypot(x - other[0], y - other[1]);
        if (was > 0) this.zoom(is / was, other[0], other[1]);
      } else if (this.box) {
        this.box = { ...this.box, x1: x, y1: y };
        this.draw();
      } else if (start.dragged) this.pan(x - before[0], y - before[1]);
      pointers.set(event.pointerId, [x, y]);
    });
    const end = (event) => {
      if (!pointers.delete(event.pointerId)) return;
      const box = this.box;
      this.box = null;
      if (box && start.dragged) this.listeners.selected(this.rowsIn(box), event.ctrlKey || event.metaKey);
      else if (!start.dragged) {
        const row = this.rowAt(...at(event));
        if (event.ctrlKey || event.metaKey) { if (row >= 0) this.listeners.selected([row], true); } else if (row >= 0) this.listeners.picked(row);
      }
      this.draw();
    };
    canvas.addEventListener('pointerup', end);
    canvas.addEventListener('pointercancel', end);
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...at(event));
    }, { passive: false });
    canvas.addEventListener('keydown', (event) => {
      const step = 60, acts = {
        ArrowLeft: () => this.pan(step, 0), ArrowRight: () => this.pan(-step, 0), ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
        '+': () => this.zoom(1.3), '=': () => this.zoom(1.3), '-': () => this.zoom(1 / 1.3), 0: () => this.fit(),
        Enter: () => { const row = this.nearestTo(this.width / 2, this.height / 2); if (row >= 0) this.listeners.picked(row); },
      };
      if (event.ctrlKey || event.metaKey || event.altKey || !acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    });
  }

  nearestTo(px, py) {
    let best = -1, least = Infinity;
    for (let i = 0; i < this.count; i++) {
      const [x, y] = this.place(i), d = (x - px) ** 2 + (y - py) ** 2;
      if (d < least) { least = d; best = i; }
    }
    return best;
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
