const { width: W, height: H } = props.size;
const sheet = raster(W, H, props.colours);
const view = $('canvas'), context = view.getContext('2d', { alpha: false }), ring = $('.ring'), slider = $('input'), status = $('[role=status]');
view.width = 2 * W;
view.height = 2 * H;
const say = text => { status.textContent = text; };

// Tools: each keeps its own width.
const widths = { pen: props.pen, eraser: props.eraser };
let tool = 'pen';
const setWidth = width => {
  slider.value = width;
  widths[tool] = +slider.value;
  $('output').textContent = slider.value;
  measureRing();
};
const setTool = name => {
  tool = name;
  for (const button of $$('[data-tool]')) button.setAttribute('aria-pressed', button.dataset.tool === name);
  setWidth(widths[name]);
  say(word(name));
};
const scale = () => view.getBoundingClientRect().width / W;
const measureRing = () => { ring.style.width = ring.style.height = `${Math.max(3, widths[tool] * scale())}px`; };
const radius = event => widths[tool] / 2 * (event?.pointerType === 'pen' ? Math.min(1.6, Math.max(0.3, 2 * event.pressure)) : 1);
const paintId = () => (tool === 'eraser' ? 0 : 1);

// Sending: one drawing is under way at a time, the newest goes as soon as its answer has come. An answer that got lost blocks nothing.
let serial = 0, underWay = 0, waiting = false, unsent = false, patience, changedAt = 0;
const rest = () => { if (!underWay && pointer === null) trigger('settled'); };
const release = () => {
  clearTimeout(patience);
  underWay = 0;
  if (waiting) send();
  else rest();
};
const send = () => {
  waiting = underWay > 0;
  element.toggleAttribute('data-waiting', waiting);
  if (waiting) return;
  unsent = false;
  underWay = element.dataset.sent = ++serial;
  const runs = sheet.runs();
  patience = setTimeout(release, props.patience);
  tell('sent', { serial, runs, changedAt });
  props.value = { width: W, height: H, runs: runs.join(' '), serial }; // as one string: Gradio copies a list number by number
  trigger('input');
};
const changed = () => {
  changedAt = performance.now();
  send();
};
hear('answered', answer => { if (answer.serial === underWay) release(); });
const again = () => { tell('outdated', { serial }); if (serial || sheet.count()) changed(); };
hear('repaint', again);

// A finished change is kept for the next visit.
const count = () => {
  element.dataset.ink = sheet.count();
  $('.sheet').classList.toggle('blank', !sheet.count());
};
const keep = () => {
  count();
  try {
    localStorage.setItem(props.store, JSON.stringify({ width: W, height: H, runs: sheet.runs() }));
  } catch { /* storage is full or forbidden: the drawing lasts as long as the page */ }
};
const kept = () => {
  try {
    const { width, height, runs } = JSON.parse(localStorage.getItem(props.store));
    return width === W && height === H ? sheet.fromRuns(runs) : null;
  } catch { return null; }
};

// History
let past = [], future = [];
const remember = () => { past.push(sheet.ids.slice()); if (past.length > props.steps) past.shift(); future = []; tellHistory(); };
const tellHistory = () => {
  $('[data-act=undo]').setAttribute('aria-disabled', !past.length);
  $('[data-act=redo]').setAttribute('aria-disabled', !future.length);
};
const replace = ids => { sheet.ids = ids; draw(); tellHistory(); keep(); changed(); };
const actions = {
  undo() { if (past.length) { future.push(sheet.ids); replace(past.pop()); say(word('undo')); } },
  redo() { if (future.length) { past.push(sheet.ids); replace(future.pop()); say(word('redo')); } },
  clear() { if (sheet.count()) { remember(); replace(new Uint8Array(W * H)); say(word('clear')); } },
};

// The look
let cross = null; // where the keyboard's pen stands, once a key has moved it
const draw = box => {
  sheet.show(context, box);
  if (!cross) return;
  context.lineWidth = 3;
  context.strokeStyle = penDown ? '#c2381f' : '#2563c9';
  const [x, y] = [2 * cross[0] + 1, 2 * cross[1] + 1];
  context.beginPath();
  context.arc(x, y, Math.max(9, widths[tool]), 0, 7);
  context.moveTo(x - 18, y);
  context.lineTo(x + 18, y);
  context.moveTo(x, y - 18);
  context.lineTo(x, y + 18);
  context.stroke();
};

// Pointer: mouse, finger, pen
let pointer = null, last = null;
const place = event => {
  const box = view.getBoundingClientRect();
  return [(event.clientX - box.left) * W / box.width - 0.5, (event.clientY - box.top) * H / box.height - 0.5];
};
const stroke = (from, to, size) => {
  draw(sheet.capsule(from, to, size, paintId()));
  unsent = true;
};
view.addEventListener('pointerdown', event => {
  if (event.button || pointer !== null) return;
  hideCross();
  view.setPointerCapture(event.pointerId);
  remember();
  pointer = event.pointerId;
  $('.sheet').classList.remove('blank');
  last = place(event);
  stroke(last, last, radius(event));
  changed();
});
view.addEventListener('pointermove', event => {
  const box = view.getBoundingClientRect();
  ring.style.translate = `${event.clientX - box.left}px ${event.clientY - box.top}px`;
  ring.hidden = event.pointerType === 'touch' || widths[tool] * scale() < 8; // a thin pen has the crosshair
  if (event.pointerId !== pointer) return;
  const path = event.getCoalescedEvents?.() ?? [];
  for (const step of path.length ? path : [event]) {
    const to = place(step);
    stroke(last, to, radius(step));
    last = to;
  }
  changed();
});
const lift = event => {
  if (event.pointerId !== pointer) return;
  pointer = null;
  keep();
  if (unsent) changed(); // or else the last movement has it all, and a second question would only cost time
  else rest();
};
view.addEventListener('pointerup', lift);
view.addEventListener('pointercancel', lift);
view.addEventListener('pointerenter', measureRing);
view.addEventListener('pointerleave', () => { ring.hidden = true; });

view.addEventListener('dragover', event => event.preventDefault());
view.addEventListener('drop', event => {
  event.preventDefault();
  tell('dropped', event.dataTransfer.files[0]);
});

// Keyboard: arrows move, Space sets the pen down or lifts it
let penDown = false;
const hideCross = () => { if (cross) { cross = null; penDown = false; draw(); } };
const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const limit = (value, top) => Math.min(top - 1, Math.max(0, value));
view.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in step) {
    event.preventDefault();
    const from = cross ?? [W >> 1, H >> 1], far = event.shiftKey ? 1 : 8;
    cross = [limit(from[0] + far * step[event.key][0], W), limit(from[1] + far * step[event.key][1], H)];
    if (penDown) { sheet.capsule(from, cross, radius(), paintId()); keep(); changed(); }
    draw();
    if (!penDown) say(`${cross[0]}, ${cross[1]}`);
  } else if (event.key === ' ' && !event.repeat) {
    event.preventDefault();
    cross ??= [W >> 1, H >> 1];
    penDown = !penDown;
    if (penDown) { remember(); sheet.capsule(cross, cross, radius(), paintId()); keep(); changed(); }
    draw();
    say(word(penDown ? 'down' : 'up'));
  }
});
view.addEventListener('blur', hideCross);
element.addEventListener('keydown', event => {
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    actions[key === 'y' || event.shiftKey ? 'redo' : 'undo']();
  } else if (key === 'b') setTool('pen');
  else if (key === 'e') setTool('eraser');
  else if (key === '[' || key === ']') { setWidth(widths[tool] + (key === ']' ? 1 : -1)); say(`${word('width')} ${widths[tool]}`); }
});

for (const button of $$('[data-tool]')) button.onclick = () => setTool(button.dataset.tool);
for (const button of $$('[data-act]')) button.onclick = () => actions[button.dataset.act]();
slider.oninput = () => setWidth(slider.value);
ring.hidden = true;
view.setAttribute('aria-roledescription', word('canvas'));

watch('value', () => { // Python gave a drawing: a sample, a photo's lines, thinner lines
  const ids = props.value?.runs && sheet.fromRuns(props.value.runs);
  if (ids) { remember(); replace(ids); }
});

setTool('pen');
tellHistory();
sheet.ids = kept() ?? sheet.ids;
draw();
count();
element.dataset.ready = '';
know('translator', again); // paints what was kept, and everything again when another translator is chosen
