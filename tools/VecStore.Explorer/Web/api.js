// What the server answers. Paths are relative: the token is in the page's own address.

async function checked(response) {
  if (response.ok) return response;
  let message = `${response.status} ${response.statusText}`;
  try { message = (await response.json()).error ?? message; } catch { /* the answer was not JSON */ }
  throw new Error(message);
}

const ask = (path, how) => fetch(`api/${path}`, how).then(checked, () => { throw new Error('The explorer does not answer any more: was it ended with Ctrl-C? Start it again and open its new address.'); });
const query = (path, values) => ask(`${path}?${new URLSearchParams(values)}`);
const post = (path, body) => ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
const json = (response) => response.json();

// A little-endian u32 with the length of the JSON head, the head, then the values at a multiple of 4.
async function withValues(response) {
  const bytes = await response.arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  return { head: JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length))), bytes, start: 4 + length };
}

export const store = () => ask('store').then(json);
export const find = (collection, text) => query('find', { collection, text }).then(json);
export const row = (collection, row) => query('row', { collection, row }).then(json);
export const analogy = (collection, expression) => query('analogy', { collection, expression }).then(json);
export const keys = (collection, rows) => post('keys', { collection, rows }).then(json);
export const rows = (collection, keys) => post('rows', { collection, keys }).then(json);
export const direction = (collection, from, to) => post('direction', { collection, from, to }).then(json);
export const exported = (collection, rows, axes) => post('export', { collection, rows, axes }).then((response) => response.blob());

export async function axes(collection, names) {
  const { head, bytes, start } = await withValues(await query('axes', { collection, names: names.join('\n') }));
  return head.axes.map((axis, i) => ({ ...axis, values: new Float32Array(bytes, start + i * head.rows * 4, head.rows) }));
}

export async function coloring(collection, field) {
  const { head, bytes, start } = await withValues(await query('coloring', { collection, field }));
  return { ...head, codes: new Uint8Array(bytes, start) };
}
