// The page: one or two maps, what is known of a point, a selection that both maps share, and a link that restores all of it.

import * as api from './api.js';
import * as colors from './colors.js';
import { MapPanel } from './panel.js';

const $ = (id) => document.getElementById(id);
const say = (text, wrong = false) => { $('status').textContent = text; $('status').classList.toggle('wrong', wrong); };
const number = new Intl.NumberFormat('en');

const page = {
  store: null,
  panels: [],
  from: [], // keys of set A
  to: [], // keys of set B
  selected: [], // keys
  theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
};

const attempt = (work) => async (...given) => {
  try { await work(...given); } catch (mistake) { say(mistake.message, true); }
};

// A list of rows as buttons; the score on the right.
function fill(list, answers, panel) {
  list.replaceChildren(...answers.map((answer) => {
    const item = document.createElement('li'), button = document.createElement('button'), key = document.createElement('span');
    key.textContent = answer.key;
    button.append(key);
    if (answer.score !== undefined) {
      const score = document.createElement('span');
      score.className = 'score';
      score.textContent = answer.score.toFixed(3);
      button.append(score);
    }
    button.addEventListener('click', () => choose(panel, answer.row));
    item.append(button);
    return item;
  }));
  list.hidden = answers.length === 0;
}

const choose = attempt(async (panel, row) => {
  const begun = performance.now();
  const found = await api.row(panel.collection, row);
  page.panels.forEach((other) => other.setActive(other === panel));
  $('point').hidden = false;
  $('point-empty').hidden = true;
  $('point-key').textContent = found.key;
  $('point-metric').textContent = `by ${found.metric}`;
  $('point-report').textContent = found.report;
  $('point-fields').replaceChildren(...found.fields.flatMap(({ name, value }) => {
    const term = document.createElement('dt'), text = document.createElement('dd');
    term.textContent = name;
    text.textContent = value;
    return [term, text];
  }));
  fill($('point-neighbors'), found.neighbors, panel);
  contexts(found.contexts);
  panel.show(found);
  await mirror(panel, found);
  page.lastClick = performance.now() - begun;
  say(`${found.key}: ${found.neighbors.slice(0, 5).map((n) => n.key).join(', ')} are nearest.`);
  remember();
});

function contexts(found) {
  $('point-contexts').hidden = !found?.length;
  if (!found?.length) return;
  $('point-contexts').querySelector('ol').replaceChildren(...found.map((context) => {
    const item = document.createElement('li');
    context.tokens.forEach((token, i) => {
      const part = document.createElement(i === context.at ? 'mark' : 'span');
      part.textContent = token;
      item.append(part);
    });
    item.append(`${context.tokens.length ? ' ' : `document ${context.document}, position ${context.position} `}(${context.activation.toFixed(2)})`);
    return item;
  }));
}

// The same point on the other map, where its key is there too.
async function mirror(panel, found) {
  for (const other of page.panels.filter((p) => p !== panel)) {
    const keys = [found.key, ...found.neighbors.map((n) => n.key)];
    const rows = await api.rows(other.collection, keys);
    other.show({ row: rows[0], key: found.key, neighbors: found.neighbors.map((n, i) => ({ ...n, row: rows[i + 1] })) });
  }
}

const select = attempt(async (panel, rows, add) => {
  const keys = await api.keys(panel.collection, rows);
  page.selected = add ? [...new Set([...page.selected, ...keys])] : keys;
  await showSelection(panel);
});

async function showSelection(panel) {
  for (const each of page.panels) each.map.setSelection((await api.rows(each.collection, page.selected)).filter((row) => row >= 0));
  const some = page.selected.length > 0;
  for (const id of ['to-from', 'to-to', 'export', 'clear']) $(id).disabled = !some;
  $('selection-count').textContent = some
    ? `${number.format(page.selected.length)} points: ${page.selected.slice(0, 8).join(', ')}${page.selected.length > 8 ? ', ...' : ''}`
    : 'Shift and drag over the map selects points; Ctrl and click adds one.';
  page.selectionPanel = panel ?? page.panels[0];
  say(some ? `${number.format(page.selected.length)} points selected.` : 'Nothing is selected.');
}

function showSides() {
  for (const [id, keys] of [['from-count', page.from], ['to-count', page.to]]) $(id).textContent = keys.length ? `${number.format(keys.length)} (${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ', ...' : ''})` : 'empty';
  $('learn').disabled = !page.from.length || !page.to.length;
}

async function learn(panel) {
  const rows = async (keys) => (await api.rows(panel.collection, keys)).filter((row) => row >= 0);
  const direction = await api.direction(panel.collection, await rows(page.from), await rows(page.to));
  $('learned').textContent = direction.held_out_area === null
    ? `${direction.label}: too few points to test it.`
    : `${direction.label}: held-out AUC ${direction.held_out_area.toFixed(3)}, p = ${direction.p_value.toFixed(3)}.`;
  panel.learned = { name: direction.name, label: 'A to B' };
  await panel.setAxis('x', direction.name);
  say($('learned').textContent);
}

// What the address keeps behind the #. Long selections are left out, and said to be.
const mostKeys = 200;

function state() {
  const short = (keys) => (keys.length <= mostKeys ? keys : []);
  return { panels: page.panels.map((panel) => panel.state()), from: short(page.from), to: short(page.to), theme: page.theme };
}

function remember() { history.replaceState(null, '', '#' + encodeURIComponent(JSON.stringify(state()))); }

function theme(name) {
  page.theme = name;
  document.documentElement.dataset.theme = name;
  page.panels.forEach((panel) => panel.setTheme(name));
}

async function addPanel(wanted) {
  const panel = new MapPanel(page.store, page.theme, { choose, select, remember, say, attempt });
  page.panels.push(panel);
  $('maps').append(panel.element);
  await panel.restore(wanted);
  return panel;
}

async function start() {
  page.store = await api.store();
  $('title').textContent = page.store.path.split(/[\\/]/).pop();
  document.title = `${$('title').textContent} - VecStore explorer`;
  if (page.store.collections.length === 0) { say('The store has no rows yet: import some, then open this page again.', true); return; }
  let kept = null;
  try { kept = JSON.parse(decodeURIComponent(location.hash.slice(1))); } catch { /* no view in the address */ }
  theme(kept?.theme ?? page.theme);
  page.from = kept?.from ?? [];
  page.to = kept?.to ?? [];
  showSides();
  for (const wanted of kept?.panels ?? [{ collection: page.store.first }]) {
    const panel = await addPanel(wanted);
    if (wanted.x?.startsWith('learned:')) await attempt(learn)(panel);
    if (wanted.key) {
      const [row] = await api.rows(panel.collection, [wanted.key]);
      if (row >= 0 && panel === page.panels[0]) await choose(panel, row);
    }
  }
  $('split').setAttribute('aria-pressed', page.panels.length > 1);
}

$('find').addEventListener('submit', attempt(async (event) => {
  event.preventDefault();
  const panel = active(), text = $('find-text').value;
  if (!text) return;
  const found = await api.find(panel.collection, text);
  const sure = found.length === 1 || found[0]?.key === text;
  fill($('find-results'), sure ? [] : found, panel);
  if (sure) { panel.map.goTo(found[0].row); await choose(panel, found[0].row); } else say(found.length ? `${found.length} keys begin with "${text}".` : `No key begins with "${text}".`, !found.length);
}));
$('analogy').addEventListener('submit', attempt(async (event) => {
  event.preventDefault();
  const panel = active(), text = $('analogy-text').value;
  if (!text) return;
  const answers = await api.analogy(panel.collection, text);
  fill($('analogy-results'), answers, panel);
  panel.map.currentKey = null;
  panel.map.setMarks(-1, answers.map(({ row, key }) => ({ row, key })));
  say(`${text}: ${answers.slice(0, 3).map((a) => a.key).join(', ')}.`);
}));
$('to-from').addEventListener('click', () => { page.from = page.selected; showSides(); remember(); });
$('to-to').addEventListener('click', () => { page.to = page.selected; showSides(); remember(); });
$('clear').addEventListener('click', attempt(async () => { page.selected = []; await showSelection(); }));
$('learn').addEventListener('click', attempt(async () => { await learn(active()); remember(); }));
$('export').addEventListener('click', attempt(async () => {
  const panel = page.selectionPanel, rows = (await api.rows(panel.collection, page.selected)).filter((row) => row >= 0);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await api.exported(panel.collection, rows, [panel.x, panel.y]));
  link.download = `${panel.collection}-selection.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}));
$('fit').addEventListener('click', () => page.panels.forEach((panel) => panel.map.fit()));
$('theme').addEventListener('click', () => { theme(page.theme === 'dark' ? 'light' : 'dark'); remember(); });
$('split').addEventListener('click', attempt(async () => {
  if (page.panels.length > 1) page.panels.pop().element.remove();
  else {
    const names = page.store.collections.map((c) => c.name), first = page.panels[0];
    await addPanel({ ...first.state(), collection: names[(names.indexOf(first.collection) + 1) % names.length], view: undefined });
    await showSelection();
  }
  $('split').setAttribute('aria-pressed', page.panels.length > 1);
  remember();
}));
$('link').addEventListener('click', attempt(async () => {
  remember();
  const cut = page.from.length > mostKeys || page.to.length > mostKeys ? ` (sets of more than ${mostKeys} points are not in it)` : '';
  try { await navigator.clipboard.writeText(location.href); say(`The address is copied; it restores this view while the explorer runs${cut}.`); } catch { say(`The address of this page restores the view${cut}.`); }
}));

const active = () => page.panels.find((panel) => panel.active) ?? page.panels[0];

window.explorer = { page, choose, colors }; // for looking at from the console, and from the tests
page.ready = attempt(start)();
