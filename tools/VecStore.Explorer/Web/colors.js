// Colours as [r, g, b]. Categories are told apart by hue and lightness (the first eight are Okabe and Ito's, made for colour-blind readers).

const categories = [
  [0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167], [213, 94, 0], [86, 180, 233], [160, 140, 0], [120, 94, 240],
  [178, 34, 34], [46, 139, 87], [139, 90, 43], [255, 105, 140], [70, 90, 200], [110, 160, 40], [150, 60, 150], [0, 170, 190],
  [200, 150, 90], [90, 110, 130], [240, 128, 80], [60, 120, 60],
];
const rest = [150, 150, 150];
const plain = { light: [28, 88, 170], dark: [120, 180, 255] };
// Viridis at five places (Smith and van der Walt).
const scale = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

export const css = ([r, g, b]) => `rgb(${r},${g},${b})`;

export function ramp(share) {
  const place = Math.min(Math.max(share, 0), 1) * (scale.length - 1);
  const low = Math.min(Math.floor(place), scale.length - 2);
  return scale[low].map((c, i) => Math.round(c + (scale[low + 1][i] - c) * (place - low)));
}

export const category = (code, count) => (code > categories.length || code > count ? rest : categories[code - 1]);

// One colour for every code a point can have.
export function palette(coloring, theme) {
  const colors = Array.from({ length: 256 }, () => plain[theme]);
  if (!coloring) return colors;
  colors[0] = rest;
  for (let code = 1; code < 256; code++) {
    colors[code] = coloring.kind === 'numbers' ? ramp((code - 1) / 254) : category(code, coloring.names.length);
  }
  return colors;
}
