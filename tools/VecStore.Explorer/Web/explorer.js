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
  answers: [], // keys of the analogy solved last
  theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
};

const attempt = (work) => async (...given) => {
  try { await work(...given); } catch (mistake) { say(mistake.message, true); }
};

const empty = 'Shift and drag over the map selects points; Ctrl and click adds one.';

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
  activate(panel);
  $('point').hidden = false;
  $('point-empty').hidden = true;
  $('point-key').textContent = found.key;
  $('point-metric').textContent = `by ${found.metric.toLowerCase()}`;
  page.point = [found.key, ...found.neighbors.map((n) => n.key)];
  $('point-report').textContent = found.report;
  $('point-fields').replaceChildren(...found.fields.flatMap(({ name, value }) => {
    const term = document.createElement('dt'), text = document.createElement('dd');
    term.textContent = name;
    text.textContent = typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
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
    const item = document.createElement('li'), text = document.createElement('span'), score = document.createElement('span');
    context.tokens.forEach((token, i) => {
      const part = document.createElement(i === context.at ? 'mark' : 'span');
      part.textContent = token;
      text.append(part);
    });
    if (!context.tokens.length) text.textContent = `document ${context.document}, position ${context.position}`;
    score.className = 'score';
    score.textContent = context.activation.toFixed(2);
    item.title = `document ${context.document}, position ${context.position}, activation ${context.activation}`;
    item.append(text, score);
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

const select = attempt(async (panel, rows, add) => selectKeys(panel, await api.keys(panel.collection, rows), add));

async function selectKeys(panel, keys, add) {
  page.selected = add ? [...new Set([...page.selected, ...keys])] : keys;
  await showSelection(panel);
}

async function showSelection(panel) {
  for (const each of page.panels) each.map.setSelection((await api.rows(each.collection, page.selected)).filter((row) => row >= 0));
  const some = page.selected.length > 0;
  for (const id of ['to-from', 'to-to', 'export', 'clear']) $(id).disabled = !some;
  $('selection-count').textContent = some
    ? `${number.format(page.selected.length)} points: ${page.selected.slice(0, 8).join(', ')}${page.selected.length > 8 ? ', ...' : ''}`
    : empty;
  page.selectionPanel = panel ?? page.panels[0];
  remember();
  say(some ? `${number.format(page.selected.length)} points selected.` : 'Nothing is selected.');
}

function showSides() {
  for (const [id, keys] of [['from-count', page.from], ['to-count', page.to]]) $(id).textContent = keys.length ? `${number.format(keys.length)} (${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ', ...' : ''})` : 'empty';
  $('learn').disabled = !page.from.length || !page.to.length;
  return Promise.all(page.panels.map(showSidesOn));
}

async function showSidesOn(panel) {
  const rows = async (keys) => (keys.length ? (await api.rows(panel.collection, keys)).filter((row) => row >= 0) : []);
  panel.map.setSides(await rows(page.from), await rows(page.to));
}

// A map whose points are other ones now: what is selected is selected there too.
async function shown(panel) {
  panel.map.setSelection(page.selected.length ? (await api.rows(panel.collection, page.selected)).filter((row) => row >= 0) : []);
  await showSidesOn(panel);
}

function activate(panel) {
  page.panels.forEach((other) => { other.active = other === panel; other.element.classList.toggle('active', other.active); });
  $('analogy-text').placeholder = panel.schema?.key_kind === 'Int64' ? 'v(12) - v(7) + v(3)' : 'king - man + woman';
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
  return { panels: page.panels.map((panel) => panel.state()), selected: short(page.selected), from: short(page.from), to: short(page.to), theme: page.theme };
}

function remember() { history.replaceState(null, '', '#' + encodeURIComponent(JSON.stringify(state()))); }

function theme(name) {
  page.theme = name;
  document.documentElement.dataset.theme = name;
  $('theme').textContent = name === 'dark' ? 'Light' : 'Dark';
  page.panels.forEach((panel) => panel.setTheme(name));
}

async function addPanel(wanted) {
  const panel = new MapPanel(page.store, page.theme, { choose, select, remember, say, attempt, activate, shown });
  page.panels.push(panel);
  $('maps').append(panel.element);
  document.body.classList.toggle('several', page.panels.length > 1);
  await panel.restore(wanted);
  return panel;
}

async function start() {
  page.store = await api.store();
  $('title').textContent = page.store.path.split(/[\\/]/).pop();
  document.title = `${$('title').textContent} - VecStore explorer`;
  theme(page.theme);
  $('selection-count').textContent = empty;
  if (page.store.collections.length === 0) { nothing(); return; }
  let kept = null;
  try { kept = JSON.parse(decodeURIComponent(location.hash.slice(1))); } catch { /* no view in the address */ }
  theme(kept?.theme ?? page.theme);
  Object.assign(page, { from: kept?.from ?? [], to: kept?.to ?? [], selected: kept?.selected ?? [] });
  showSides();
  for (const wanted of kept?.panels ?? [{ collection: page.store.first }]) {
    const panel = await addPanel(wanted);
    if (wanted.x?.startsWith('learned:')) await attempt(learn)(panel);
    if (wanted.key) {
      const [row] = await api.rows(panel.collection, [wanted.key]);
      if (row >= 0 && panel === page.panels[0]) await choose(panel, row);
    }
  }
  activate(page.panels[0]);
  if (page.selected.length) await showSelection();
  $('split').setAttribute('aria-pressed', page.panels.length > 1);
}

function nothing() {
  const text = document.createElement('p'), code = document.createElement('code');
  text.className = 'nothing';
  code.textContent = `vecstore import FILE --into ${$('title').textContent} --collection NAME`;
  text.append('The store has no rows yet. Import some, then open this page again: ', code);
  $('maps').append(text);
  $('side').hidden = true;
  say('The store has no rows yet.');
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
  page.answers = answers.map(({ key }) => key);
  $('analogy-answers').hidden = answers.length === 0;
  panel.map.currentKey = null;
  panel.map.setMarks(-1, answers.map(({ row, key }) => ({ row, key })));
  say(`${text}: ${answers.slice(0, 3).map((a) => a.key).join(', ')}.`);
}));
$('to-from').addEventListener('click', attempt(async () => { page.from = page.selected; remember(); await showSides(); }));
$('to-to').addEventListener('click', attempt(async () => { page.to = page.selected; remember(); await showSides(); }));
$('select-neighbors').addEventListener('click', attempt(() => selectKeys(active(), page.point, true)));
$('select-answers').addEventListener('click', attempt(() => selectKeys(active(), page.answers, true)));
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
    // Another layer of the same rows where there is one; else the same rows on the next two axes.
    const first = page.panels[0], { rows, dimension } = first.schema, layer = page.store.collections.find((c) => c.name !== first.collection && c.rows === rows);
    await addPanel({ ...first.state(), view: undefined, ...(layer ? { collection: layer.name } : dimension >= 4 ? { x: 'pc:3', y: 'pc:4' } : {}) });
  }
  document.body.classList.toggle('several', page.panels.length > 1);
  activate(page.panels[0]);
  $('split').setAttribute('aria-pressed', page.panels.length > 1);
  remember();
}));
$('link').addEventListener('click', attempt(async () => {
  remember();
  const cut = [page.selected, page.from, page.to].some((keys) => keys.length > mostKeys) ? ` (sets of more than ${mostKeys} points are not in it)` : '';
  try { await navigator.clipboard.writeText(location.href); say(`The address is copied; it restores this view while the explorer runs${cut}.`); } catch { say(`The address of this page restores the view${cut}.`); }
}));

$('help').addEventListener('click', () => $('keys').showModal());
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select') || $('keys').open) return;
  if (event.key === '/') { event.preventDefault(); $('find-text').focus(); }
  if (event.key === '?') $('keys').showModal();
});

const active = () => page.panels.find((panel) => panel.active) ?? page.panels[0];

window.explorer = { page, choose, colors }; // for looking at from the console, and from the tests
page.ready = attempt(start)();
