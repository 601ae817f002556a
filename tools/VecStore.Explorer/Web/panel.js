// One map with its controls: which collection, which two axes, which colour.

import * as api from './api.js';
import * as colors from './colors.js';
import { Landscape } from './landscape.js';

let made = 0;

export class MapPanel {
  constructor(store, theme, page) {
    Object.assign(this, { store, theme, page, active: made === 0, id: made++, x: 'pc:1', y: 'pc:2', color: '', learned: null });
    this.element = document.createElement('section');
    this.element.className = 'map';
    this.element.setAttribute('aria-label', `Map ${this.id + 1}`);
    this.element.innerHTML = `
      <div class="bar">
        <label>Collection <select class="collection"></select></label>
        <label>Across <select class="x"></select></label>
        <label>Up <select class="y"></select></label>
        <label>Colour <select class="color"></select></label>
        <label>Direction <input class="expression" placeholder="she - he" spellcheck="false" aria-describedby="hint-${this.id}"></label>
        <button class="across" type="button">Across</button><button class="up" type="button">Up</button>
        <span id="hint-${this.id}" hidden>An expression over keys whose value becomes an axis</span>
      </div>
      <div class="field">
        <canvas tabindex="0" role="application"></canvas>
        <div class="legend" hidden></div>
      </div>`;
    this.at = (name) => this.element.querySelector(name);
    this.canvas = this.at('canvas');
    this.map = new Landscape(this.canvas, {
      changed: () => { this.nameLandmarks(); page.remember(); },
      picked: (row) => page.choose(this, row),
      selected: (rows, add) => page.select(this, rows, add),
    });
    this.element.addEventListener('pointerdown', () => this.setActive(true));
    this.at('.collection').replaceChildren(...store.collections.map((c) => new Option(`${c.name} (${new Intl.NumberFormat('en').format(c.rows)} x ${c.dimension})`, c.name)));
    this.at('.collection').addEventListener('change', page.attempt(async () => { this.learned = null; await this.restore({ collection: this.at('.collection').value }); page.remember(); }));
    this.at('.x').addEventListener('change', page.attempt(() => this.setAxis('x', this.at('.x').value)));
    this.at('.y').addEventListener('change', page.attempt(() => this.setAxis('y', this.at('.y').value)));
    this.at('.color').addEventListener('change', page.attempt(() => this.setColor(this.at('.color').value)));
    const expression = (axis) => page.attempt(async () => { const text = this.at('.expression').value.trim(); if (text) await this.setAxis(axis, `expression:${text}`); });
    this.at('.across').addEventListener('click', expression('x'));
    this.at('.up').addEventListener('click', expression('y'));
    this.at('.expression').addEventListener('keydown', (event) => { if (event.key === 'Enter') this.at('.across').click(); });
  }

  get collection() { return this.at('.collection').value; }

  get schema() { return this.store.collections.find((c) => c.name === this.collection); }

  setActive(active) { this.active = active; }

  state() { return { collection: this.collection, x: this.x, y: this.y, color: this.color, view: this.map.view, key: this.map.currentKey }; }

  async restore({ collection, x, y, color, view }) {
    if (collection && this.store.collections.some((c) => c.name === collection)) this.at('.collection').value = collection;
    const plain = (axis, otherwise) => (axis && !axis.startsWith('learned:') ? axis : otherwise);
    this.map.count = 0; // nothing is drawn until the new points are there, and then all of them
    this.map.currentKey = null;
    this.map.setMarks(-1, []);
    await this.load(plain(x, 'pc:1'), plain(y, this.schema.dimension > 1 ? 'pc:2' : 'pc:1'));
    await this.setColor(this.colorable().includes(color) ? color : '');
    if (view) { this.map.view = view; this.map.moved(); }
  }

  async setAxis(which, name) {
    await this.load(which === 'x' ? name : this.x, which === 'y' ? name : this.y);
    this.map.fit();
    this.page.remember();
  }

  async load(x, y) {
    try {
      const [across, up] = await api.axes(this.collection, [x, y]);
      Object.assign(this, { x, y });
      this.map.names = null;
      this.map.setPoints(across.values, up.values, { x: across.label, y: up.label });
      this.page.say(`${across.label}: ${across.detail}. ${up.label}: ${up.detail}.`);
      this.canvas.setAttribute('aria-label', `Map of ${across.values.length} points, ${across.label} across, ${up.label} up. Arrow keys move, plus and minus zoom, 0 shows all, Enter chooses the point in the middle.`);
      this.nameLandmarks();
    } finally {
      this.fillAxes();
    }
  }

  fillAxes() {
    const numeric = this.schema.fields.filter((f) => f.type !== 'String' && f.type !== 'StringList');
    const names = [...Array.from({ length: Math.min(10, this.schema.dimension) }, (_, i) => [`pc:${i + 1}`, `principal component ${i + 1}`]),
      ...(this.schema.directions ?? []).map((d) => [`direction:${d}`, d]),
      ...(this.learned ? [[this.learned.name, this.learned.label]] : []), ...numeric.map((f) => [`field:${f.name}`, f.name])];
    for (const [list, chosen] of [['.x', this.x], ['.y', this.y]]) {
      const all = names.some(([name]) => name === chosen) ? names : [...names, [chosen, chosen.replace(/^expression:/, '')]];
      this.at(list).replaceChildren(...all.map(([name, label]) => new Option(label, name, false, name === chosen)));
    }
    this.at('.color').replaceChildren(new Option('density', ''), ...this.colorable().map((f) => new Option(f, f, false, f === this.color)));
  }

  colorable() { return this.schema.fields.map((f) => f.name); }

  async setColor(field) {
    this.coloring = field ? await api.coloring(this.collection, field) : null;
    this.color = field;
    this.at('.color').value = field;
    this.map.setColoring(this.coloring, this.theme);
    this.legend();
    this.page.remember();
  }

  setTheme(theme) {
    this.theme = theme;
    this.map.setColoring(this.coloring, theme);
    this.legend();
  }

  legend() {
    const legend = this.at('.legend');
    legend.hidden = !this.coloring;
    if (!this.coloring) return;
    const { kind, names, counts } = this.coloring;
    const line = (...parts) => { const div = document.createElement('div'); div.append(...parts); return div; };
    if (kind === 'numbers') {
      const strip = document.createElement('span');
      strip.className = 'scale';
      strip.style.background = `linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 1].map((s) => colors.css(colors.ramp(s))).join(',')})`;
      legend.replaceChildren(line(names[0], strip, names[1]));
    } else {
      legend.replaceChildren(...names.map((name, i) => {
        const dot = document.createElement('i');
        dot.style.background = colors.css(colors.category(i + 1, names.length));
        return line(dot, `${name} (${new Intl.NumberFormat('en').format(counts[i])})`);
      }));
    }
  }

  show({ row, key, neighbors }) {
    this.map.currentKey = key;
    this.map.setMarks(row, neighbors.map((n) => ({ row: n.row, key: n.key })));
  }

  // A few points in sight get their names, fetched once the map rests.
  nameLandmarks() {
    clearTimeout(this.naming);
    this.naming = setTimeout(this.page.attempt(async () => {
      const rows = this.map.landmarkRows();
      const found = await api.keys(this.collection, rows);
      this.map.names = rows.map((row, i) => [row, found[i].length > 24 ? `${found[i].slice(0, 23)}\u2026` : found[i]]);
      this.map.draw();
    }), 60);
  }
}
