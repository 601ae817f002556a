// Mouse, touch and keyboard over a map.

export function listen(map) {
  const { canvas, listeners } = map, pointers = new Map();
  let start = null, hovering = 0;
  const at = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  const hover = (x, y) => {
    cancelAnimationFrame(hovering);
    hovering = requestAnimationFrame(() => {
      const row = x < 0 ? -1 : map.rowAt(x, y);
      canvas.classList.toggle('over', row >= 0);
      listeners.hovered(row);
    });
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    pointers.set(event.pointerId, [x, y]);
    start = { x, y, dragged: false };
    hover(-1);
    if (event.shiftKey) map.box = { x0: x, y0: y, x1: x, y1: y };
  });
  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = at(event), before = pointers.get(event.pointerId);
    if (!before) { hover(x, y); return; }
    if (Math.abs(x - start.x) + Math.abs(y - start.y) > 4) start.dragged = true;
    if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const was = Math.hypot(before[0] - other[0], before[1] - other[1]), is = Math.hypot(x - other[0], y - other[1]);
      if (was > 0) map.zoom(is / was, other[0], other[1]);
    } else if (map.box) {
      map.box = { ...map.box, x1: x, y1: y };
      map.draw();
    } else if (start.dragged) map.pan(x - before[0], y - before[1]);
    pointers.set(event.pointerId, [x, y]);
  });
  const end = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    const box = map.box;
    map.box = null;
    if (box && start.dragged) listeners.selected(map.rowsIn(box), event.ctrlKey || event.metaKey);
    else if (!start.dragged && event.type === 'pointerup') {
      const row = map.rowAt(...at(event));
      if (event.ctrlKey || event.metaKey) { if (row >= 0) listeners.selected([row], true); } else if (row >= 0) listeners.picked(row);
    }
    map.draw();
  };
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('pointerleave', () => hover(-1));
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    map.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...at(event));
  }, { passive: false });
  const inTheMiddle = () => map.nearestTo(map.width / 2, map.height / 2);
  const step = 60, acts = {
    ArrowLeft: () => map.pan(step, 0), ArrowRight: () => map.pan(-step, 0), ArrowUp: () => map.pan(0, step), ArrowDown: () => map.pan(0, -step),
    '+': () => map.zoom(1.3), '=': () => map.zoom(1.3), '-': () => map.zoom(1 / 1.3), 0: () => map.fit(),
    Enter: () => { const row = inTheMiddle(); if (row >= 0) listeners.picked(row); },
    ' ': () => { const row = inTheMiddle(); if (row >= 0) listeners.selected([row], true); },
  };
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
  canvas.addEventListener('focus', () => map.draw());
  canvas.addEventListener('blur', () => map.draw());
}
