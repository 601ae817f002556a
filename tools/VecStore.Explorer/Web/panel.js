// One map with its controls: which collection, which two axes, which colour.

import * as api from './api.js';
import * as colors from './colors.js';
import { Landscape } from './landscape.js';

const number = new Intl.NumberFormat('en');
const short = (text) => (text.length > 24 ? `${text.slice(0, 23)}\u2026` : text);
let made = 0;

export class MapPanel {
  constructor(store, theme, page) {
    Object.assign(this, { store, theme, page, active: made === 0, id: made++, x: 'pc:1', y: 'pc:2', color: '', learned: null, highlighted: 0, keys: new Map() });
    this.element = document.createElement('section');
    this.element.className = 'map';
    this.element.setAttribute('aria-label', `Map ${this.id + 1}`);
    this.element.innerHTML = `
      <div class="bar">
        <label><span>Collection</span><select class="collection"></select></label>
        <label><span>Across</span><select class="x"></select></label>
        <label><span>Up</span><select class="y"></select></label>
        <label><span>Colour</span><select class="color"></select></label>
        <form class="direction"><label><span>Direction over keys</span><input class="expression" spellcheck="false" autocomplete="off"></label>
        <button class="across" title="Take its value as the axis across">Across</button><button class="up" type="button" title="Take its value as the axis up">Up</button></form>
      </div>
      <div class="field">
        <canvas tabindex="0" role="application" aria-busy="true"></canvas>
        <div class="legend" hidden></div>
        <div class="tip" aria-hidden="true" hidden></div>
        <p class="wait" role="status">Placing the points \u2026</p>
      </div>`;
    this.at = (name) => this.element.querySelector(name);
    this.canvas = this.at('canvas');
    this.map = new Landscape(this.canvas, {
      changed: () => { this.nameLandmarks(); page.remember(); },
      drawn: () => this.densityLegend(),
      hovered: (row) => this.hover(row),
      picked: (row) => page.choose(this, row),
      selected: (rows, add) => page.select(this, rows, add),
    });
    this.map.theme = theme;
    for (const happening of ['pointerdown', 'focusin']) this.element.addEventListener(happening, () => page.activate(this));
    this.at('.collection').replaceChildren(...store.collections.map((c) => new Option(`${c.name} (${number.format(c.rows)} \u00d7 ${c.dimension})`, c.name)));
    this.at('.collection').addEventListener('change', page.attempt(async () => { this.learned = null; await this.restore({ collection: this.at('.collection').value }); page.remember(); }));
    this.at('.x').addEventListener('change', page.attempt(() => this.setAxis('x', this.at('.x').value)));
    this.at('.y').addEventListener('change', page.attempt(() => this.setAxis('y', this.at('.y').value)));
    this.at('.color').addEventListener('change', page.attempt(() => this.setColor(this.at('.color').value)));
    const expression = (axis) => page.attempt(async (event) => {
      event.preventDefault();
      const text = this.at('.expression').value.trim();
      if (text) await this.setAxis(axis, `expression:${text}`);
      else this.at('.expression').focus();
    });
    this.at('.direction').addEventListener('submit', expression('x'));
    this.at('.up').addEventListener('click', expression('y'));
  }

  get collection() { return this.at('.collection').value; }

  get schema() { return this.store.collections.find((c) => c.name === this.collection); }

  get placeholder() { return this.schema?.key_kind === 'Int64' ? 'v(12) - v(7)' : 'she - he'; }

  state() { return { collection: this.collection, x: this.x, y: this.y, color: this.color, view: this.map.view, key: this.map.currentKey }; }

  // The strip over the map and its aria-busy while something is on its way.
  async busy(work) {
    this.working = (this.working ?? 0) + 1;
    this.element.classList.add('busy');
    this.canvas.setAttribute('aria-busy', 'true');
    try { return await work(); } finally {
      if (--this.working === 0) { this.element.classList.remove('busy'); this.canvas.setAttribute('aria-busy', 'false'); this.at('.wait').hidden = true; }
    }
  }

  async restore({ collection, x, y, color, view }) {
    if (collection && this.store.collections.some((c) => c.name === collection)) this.at('.collection').value = collection;
    const plain = (axis, otherwise) => (axis && !axis.startsWith('learned:') ? axis : otherwise);
    this.map.count = 0; // nothing is drawn until the new points are there, and then all of them
    this.map.currentKey = null;
    this.keys.clear();
    this.map.setMarks(-1, []);
    this.at('.wait').hidden = false;
    this.at('.expression').placeholder = this.placeholder;
    await this.busy(async () => {
      await this.load(plain(x, 'pc:1'), plain(y, this.schema.dimension > 1 ? 'pc:2' : 'pc:1'));
      await this.setColor(this.colorable().includes(color) ? color : '');
    });
    if (view) { this.map.view = view; this.map.moved(); }
    await this.page.shown(this);
  }

  async setAxis(which, name) {
    await this.busy(() => this.load(which === 'x' ? name : this.x, which === 'y' ? name : this.y));
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
      this.canvas.setAttribute('aria-label', `Map of ${across.values.length} points, ${across.label} across, ${up.label} up. Arrow keys move, plus and minus zoom, 0 shows all, Enter chooses the point in the middle, the space bar selects it.`);
      this.nameLandmarks();
    } finally {
      this.fillAxes();
    }
  }

  fillAxes() {
    const numeric = this.schema.fields.filter((f) => f.type !== 'String' && f.type !== 'StringList');
    const groups = [
      ['Principal components', Array.from({ length: Math.min(10, this.schema.dimension) }, (_, i) => [`pc:${i + 1}`, `PC ${i + 1}`])],
      ['Directions', [...(this.schema.directions ?? []).map((d) => [`direction:${d}`, d]), ...(this.learned ? [[this.learned.name, this.learned.label]] : [])]],
      ['Fields', numeric.map((f) => [`field:${f.name}`, f.name])],
    ];
    for (const [list, chosen] of [['.x', this.x], ['.y', this.y]]) {
      const own = groups.some(([, names]) => names.some(([name]) => name === chosen)) ? [] : [['Of your own', [[chosen, chosen.replace(/^expression:/, '')]]]];
      this.at(list).replaceChildren(...[...groups, ...own].filter(([, names]) => names.length).map(([title, names]) => {
        const group = document.createElement('optgroup');
        group.label = title;
        group.append(...names.map(([name, label]) => new Option(label, name, false, name === chosen)));
        return group;
      }));
    }
    this.at('.color').replaceChildren(new Option('density', ''), ...this.colorable().map((f) => new Option(f, f, false, f === this.color)));
  }

  colorable() { return this.schema.fields.map((f) => f.name); }

  async setColor(field) {
    try {
      this.coloring = field ? await this.busy(() => api.coloring(this.collection, field)) : null;
      this.color = field;
      this.highlighted = 0;
    } finally {
      this.at('.color').value = this.color;
    }
    this.paint();
    this.page.remember();
  }

  setTheme(theme) {
    this.theme = theme;
    this.paint();
  }

  paint() {
    this.map.setColoring(this.coloring, this.theme, this.highlighted);
    this.legend();
  }

  highlight(code) {
    this.highlighted = this.highlighted === code ? 0 : code;
    this.paint();
    this.page.say(this.highlighted ? `${this.coloring.field} ${this.coloring.names[code - 1]} stands out.` : 'All categories are shown alike.');
  }

  legend() {
    const legend = this.at('.legend'), title = document.createElement('h3');
    legend.hidden = !this.coloring;
    legend.classList.remove('density');
    this.density = null;
    if (!this.coloring) return;
    const { kind, names, counts, field, codes } = this.coloring;
    title.textContent = field;
    const dotOf = (color) => { const dot = document.createElement('i'); dot.style.background = colors.css(color); return dot; };
    const line = (kind, ...parts) => { const one = document.createElement(kind); one.append(...parts); return one; };
    const parts = [title];
    if (kind === 'numbers') parts.push(this.scale(names[0], names[1], colors.ramp));
    else parts.push(...names.map((name, i) => {
      const button = line('button', dotOf(colors.category(i + 1, names.length, this.theme)), line('span', name), line('small', number.format(counts[i])));
      button.type = 'button';
      button.title = 'Make it stand out';
      button.setAttribute('aria-pressed', this.highlighted === i + 1);
      button.addEventListener('click', () => this.highlight(i + 1));
      return button;
    }));
    if (codes.includes(0)) parts.push(line('div', dotOf(colors.unknown(this.theme)), 'no value'));
    legend.replaceChildren(...parts);
  }

  scale(low, high, color) {
    const div = document.createElement('div'), strip = document.createElement('span');
    strip.className = 'scale';
    strip.style.background = colors.strip(color, this.theme);
    div.append(low, strip, high);
    return div;
  }

  // What the shades of a map without colours mean; the fullest pixel changes with the part that is seen.
  densityLegend() {
    if (this.coloring) return;
    const legend = this.at('.legend'), { most, discs } = this.map.cloud, density = discs || most < 2 ? 'none' : `${this.theme} ${most}`;
    if (this.density === density) return;
    this.density = density;
    legend.hidden = density === 'none';
    if (legend.hidden) return;
    const title = document.createElement('h3');
    title.textContent = 'points on a pixel';
    legend.classList.add('density');
    legend.replaceChildren(title, this.scale('1', number.format(most), colors.dense));
  }

  show({ row, key, neighbors }) {
    this.map.currentKey = key;
    this.map.setMarks(row, neighbors.map((n) => ({ row: n.row, key: short(n.key) })));
  }

  async keyOf(row) {
    if (!this.keys.has(row)) this.keys.set(row, (await api.keys(this.collection, [row]))[0]);
    return this.keys.get(row);
  }

  // The key of the point under the pointer, and what its colour says.
  async hover(row) {
    if (this.hovered === row) return;
    this.hovered = row;
    const tip = this.at('.tip');
    if (row < 0) { tip.hidden = true; return; }
    let key;
    try { key = await this.keyOf(row); } catch { return; }
    if (this.hovered !== row || row >= this.map.count) return;
    const [x, y] = this.map.place(row), strong = document.createElement('strong');
    strong.textContent = key;
    const code = this.coloring?.kind === 'categories' ? this.coloring.codes[row] : 0;
    tip.replaceChildren(strong, ...(code ? [`${this.coloring.field}: ${this.coloring.names[code - 1]}`] : []));
    tip.hidden = false;
    const left = x + 14 + tip.offsetWidth > this.map.width ? x - 14 - tip.offsetWidth : x + 14;
    tip.style.transform = `translate(${Math.round(Math.max(0, left))}px, ${Math.round(Math.max(2, Math.min(y - 34, this.map.height - tip.offsetHeight - 2)))}px)`;
  }

  // A few points in sight get their names, fetched once the map rests.
  nameLandmarks() {
    clearTimeout(this.naming);
    this.naming = setTimeout(this.page.attempt(async () => {
      const rows = this.map.landmarkRows();
      const found = await api.keys(this.collection, rows);
      this.map.names = rows.map((row, i) => [row, short(found[i])]);
      this.map.draw();
    }), 60);
  }
}
