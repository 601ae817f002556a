// Points as pixels, without a graphics card: a million take some ten milliseconds. Many points are counted in each pixel, which is the stronger the more there are, on a logarithmic
// scale up to the fullest; few points are discs with soft edges. A pixel has the colour of its last point.

import * as colors from './colors.js';

const levels = 64;

export class Cloud {
  resize(context, width, height) {
    this.width = width;
    this.height = height;
    this.image = context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.hits = new Uint16Array(this.pixels.length);
    this.last = new Uint8Array(this.pixels.length);
  }

  setColors(coloring, theme, highlighted = 0) {
    this.codes = coloring?.codes ?? null;
    this.palette = colors.palette(coloring, theme, highlighted);
    Object.assign(this, { theme, highlighted, shades: null });
  }

  // Every step-th point; view says the middle and the pixels a unit.
  draw(context, { xs, ys, count }, view, size, step) {
    const discs = size > 3;
    if (discs !== this.discs) Object.assign(this, { discs, shades: null });
    this.hits.fill(0);
    this.most = 1;
    const { width, height } = this, kx = view.kx * width, ky = view.ky * height;
    const place = { kx, ky, dx: width / 2 - view.x * kx - (size >> 1), dy: height / 2 + view.y * ky - (size >> 1) };
    if (discs) this.stamp(xs, ys, count, step, place, size); else this.count(xs, ys, count, step, place, size);
    this.shade();
    context.putImageData(this.image, 0, 0);
  }

  count(xs, ys, count, step, { kx, ky, dx, dy }, size) {
    const { codes, hits, last, width, highlighted } = this, right = width - size, bottom = this.height - size;
    let most = 1;
    for (let i = 0; i < count; i += step) {
      const px = xs[i] * kx + dx, py = dy - ys[i] * ky;
      if (!(px >= 0 && py >= 0 && px < right && py < bottom)) continue;
      const code = codes === null ? 1 : codes[i];
      let at = (py | 0) * width + (px | 0);
      for (let r = 0; r < size; r++, at += width) {
        for (let c = at; c < at + size; c++) {
          const hit = ++hits[c];
          if (hit > most) most = hit;
          if (highlighted === 0 || code === highlighted || hit === 1 || last[c] !== highlighted) last[c] = code;
        }
      }
    }
    this.most = most;
  }

  stamp(xs, ys, count, step, { kx, ky, dx, dy }, size) {
    const { codes, hits, last, width, highlighted } = this, right = width - size - 1, bottom = this.height - size - 1, disc = discOf(size);
    for (let turn = highlighted ? 0 : 1; turn < 2; turn++) { // a highlighted category lies on top
      for (let i = 0; i < count; i += step) {
        const px = xs[i] * kx + dx, py = dy - ys[i] * ky;
        if (!(px >= 0 && py >= 0 && px < right && py < bottom)) continue;
        const code = codes === null ? 1 : codes[i];
        if (highlighted && (code === highlighted) !== (turn === 1)) continue;
        let at = (py | 0) * width + (px | 0);
        for (let r = 0, m = 0; r < size; r++, at += width) {
          for (let c = at; c < at + size; c++, m++) {
            const cover = disc[m];
            if (cover === 0) continue;
            if (cover > 127 || hits[c] === 0) last[c] = code;
            if (cover > hits[c]) hits[c] = cover;
          }
        }
      }
    }
  }

  shade() {
    const { hits, last, pixels, most } = this;
    this.shades ??= this.shadesOf();
    const level = new Uint8Array(this.discs ? 256 : most + 1), scale = most > 1 ? (levels - 1) / Math.log(most) : 0;
    for (let hit = 1; hit < level.length; hit++) level[hit] = this.discs ? Math.round(hit * (levels - 1) / 255) : Math.round(Math.log(hit) * scale);
    const shades = this.shades, empty = shades[256 * levels];
    for (let i = 0; i < pixels.length; i++) {
      const hit = hits[i];
      pixels[i] = hit === 0 ? empty : shades[last[i] * levels + level[hit]];
    }
  }

  // For each code and level a pixel, and behind them the ground.
  shadesOf() {
    const ground = colors.grounds[this.theme], shades = new Uint32Array(256 * levels + 1);
    const pixel = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
    for (let code = 0; code < 256; code++) {
      for (let level = 0; level < levels; level++) {
        const full = level / (levels - 1), share = this.discs ? full * 0.94 : 0.6 + 0.4 * full;
        shades[code * levels + level] = pixel(!this.discs && this.codes === null ? colors.dense(full, this.theme)
          : this.palette[code].map((c, i) => Math.round(ground[i] + (c - ground[i]) * share)));
      }
    }
    shades[256 * levels] = pixel(ground);
    return shades;
  }
}

// How much of each pixel of a square a disc covers, 0 to 255.
const discs = new Map();
function discOf(size) {
  if (discs.has(size)) return discs.get(size);
  const disc = new Uint8Array(size * size), radius = size / 2;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const distance = Math.hypot(x + 0.5 - radius, y + 0.5 - radius);
      disc[y * size + x] = Math.round(255 * Math.min(1, Math.max(0, radius - distance + 0.35)));
    }
  }
  discs.set(size, disc);
  return disc;
}
