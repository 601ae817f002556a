// Colours as [r, g, b]. Categories are told apart by hue and lightness; the first eight are Okabe and Ito's, made for colour-blind readers, the dark ones brighter on a dark ground.

const onLight = [
  [0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167], [213, 94, 0], [86, 180, 233], [160, 140, 0], [120, 94, 240],
  [178, 34, 34], [46, 139, 87], [139, 90, 43], [255, 105, 140], [70, 90, 200], [110, 160, 40], [150, 60, 150], [0, 170, 190],
  [200, 150, 90], [90, 110, 130], [240, 128, 80], [60, 120, 60],
];
const onDark = [
  [62, 156, 220], [240, 178, 50], [34, 188, 146], [222, 150, 192], [236, 124, 50], [130, 205, 250], [214, 196, 60], [158, 138, 255],
  [230, 92, 92], [96, 190, 130], [196, 144, 92], [255, 140, 170], [122, 144, 250], [160, 206, 86], [206, 120, 206], [60, 208, 224],
  [224, 182, 130], [150, 168, 188], [250, 160, 120], [120, 184, 120],
];
const categories = { light: onLight, dark: onDark };
const rest = { light: [160, 166, 174], dark: [104, 112, 122] };
const faint = { light: [214, 219, 226], dark: [48, 56, 67] };
const plain = { light: [38, 104, 184], dark: [110, 176, 245] };
// Density, in one hue from one point to the most: darker on a light ground, brighter on a dark one.
const density = {
  light: [[150, 187, 225], [84, 142, 200], [40, 98, 168], [14, 60, 122], [4, 30, 74]],
  dark: [[52, 92, 132], [70, 128, 182], [110, 168, 220], [174, 210, 240], [244, 250, 255]],
};
// Viridis at five places (Smith and van der Walt); its dark end is lifted on a dark ground.
const scale = { light: [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [240, 210, 30]], dark: [[122, 64, 148], [84, 112, 180], [46, 164, 158], [110, 210, 112], [253, 231, 37]] };

export const grounds = { light: [255, 255, 255], dark: [18, 22, 28] };

export const css = ([r, g, b]) => `rgb(${r},${g},${b})`;

function between(stops, share) {
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  return stops[low].map((c, i) => Math.round(c + (stops[low + 1][i] - c) * (place - low)));
}

export const ramp = (share, theme) => between(scale[theme], share);
export const dense = (share, theme) => between(density[theme], share);
export const strip = (color, theme) => `linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 1].map((s) => css(color(s, theme))).join(',')})`;
export const category = (code, count, theme) => (code > onLight.length || code > count ? rest[theme] : categories[theme][code - 1]);
export const unknown = (theme) => rest[theme];

// One colour for every code a point can have. Of a highlighted category the others are faint.
export function palette(coloring, theme, highlighted = 0) {
  const colors = Array.from({ length: 256 }, () => plain[theme]);
  if (!coloring) return colors;
  colors[0] = highlighted ? faint[theme] : rest[theme];
  for (let code = 1; code < 256; code++) {
    colors[code] = coloring.kind === 'numbers' ? ramp((code - 1) / 254, theme)
      : highlighted && code !== highlighted ? faint[theme] : category(code, coloring.names.length, theme);
  }
  return colors;
}
