const { width: W, height: H } = props.size;
const sheet = raster(W, H), { show } = look(props.colours);
const view = $('canvas'), context = view.getContext('2d', { alpha: false }), ring = $('.ring'), slider = $('input'), status = $('[role=status]');
view.width = 2 * W;
view.height = 2 * H;
const say = text => { status.textContent = text; };

// Tools: each keeps its own width.
const widths = { pen: props.pen, eraser: props.eraser, brush: props.brush };
let tool = 'pen';
const setWidth = width => {
  slider.value = width;
  widths[tool] = +slider.value;
  $('output').textContent = slider.value;
  measureRing();
};
const setTool = name => {
  if (pointer !== null) return; // a stroke ends with the tool that it began with
  tool = name;
  for (const button of $$('[data-tool]')) button.setAttribute('aria-pressed', button.dataset.tool === name);
  $('.hints').hidden = name !== 'brush';
  setWidth(widths[name]);
  say(word(name));
};
const scale = () => view.getBoundingClientRect().width / W;
const measureRing = () => { ring.style.width = ring.style.height = `${Math.max(3, widths[tool] * scale())}px`; };
const radius = event => widths[tool] / 2 * pressure(event);
const hints = hinting(sheet, props.most, () => say(word('brush')));
const marks = { // ink covers hints, hints spare the ink
  pen: (from, to, size) => sheet.capsule(from, to, size, 1),
  eraser: (from, to, size) => sheet.capsule(from, to, size, 0),
  brush: (from, to, size) => sheet.capsule(from, to, size, hints.id(), 0, 1),
};
const mark = (from, to, size) => marks[tool](from, to, size);

const held = () => ({ width: W, height: H, runs: sheet.runs(), colours: [...sheet.colours] });
let unsent = false;
const post = sending(() => {
  unsent = false;
  return held();
}, () => rest());
const rest = () => { if (!post.busy && pointer === null) trigger('settled'); };
const changed = post.changed;
const again = () => { post.outdated(); if (post.serial || sheet.count()) changed(); };
hear('repaint', again);

let takesHints = true; // until a translator says no

// A finished change is kept for the next visit.
const count = () => {
  element.dataset.ink = sheet.count();
  $('.sheet').classList.toggle('blank', !sheet.count());
  $('.ignored').hidden = takesHints || !hints.any();
};
const keep = () => {
  count();
  shelve(props.store, JSON.stringify(held()));
};
const kept = () => {
  try {
    const { width, height, runs, colours } = JSON.parse(shelved(props.store));
    return width === W && height === H ? hints.adopt(sheet.fromRuns(runs), colours) : null;
  } catch { return null; }
};

// History
const replaced = () => { draw(); keep(); changed(); };
const past = undoable(sheet, props.steps, replaced);
const replace = ids => { past.remember(); sheet.ids = ids; replaced(); };
const actions = {
  undo: past.undo,
  redo: past.redo,
  clear() { if (sheet.count()) { replace(new Uint8Array(W * H)); say(word('clear')); } },
};

// The look
let cross = null; // where the keyboard's pen stands, once a key has moved it
const draw = box => {
  show(sheet, context, box);
  if (cross) showCross(context, [2 * cross[0] + 1, 2 * cross[1] + 1], widths[tool], penDown);
};

// Pointer: mouse, finger, pen
let pointer = null, last = null;
const place = event => placed(event, view, sheet);
const stroke = (from, to, size) => {
  draw(mark(from, to, size));
  unsent = true;
};
view.addEventListener('pointerdown', event => {
  if (event.button || pointer !== null) return;
  hideCross();
  view.setPointerCapture(event.pointerId);
  past.remember();
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
  for (const step of path(event)) {
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
  if (given && take()) return;
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
view.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in ARROWS) {
    event.preventDefault();
    const from = cross ?? [W >> 1, H >> 1];
    cross = stepped(from, event, sheet);
    if (penDown) { mark(from, cross, radius()); keep(); changed(); }
    draw();
    if (!penDown) say(`${cross[0]}, ${cross[1]}`);
  } else if (event.key === ' ' && !event.repeat) {
    event.preventDefault();
    cross ??= [W >> 1, H >> 1];
    penDown = !penDown;
    if (penDown) { past.remember(); mark(cross, cross, radius()); keep(); changed(); }
    draw();
    say(word(penDown ? 'down' : 'up'));
  }
});
view.addEventListener('blur', hideCross);
element.addEventListener('keydown', event => {
  const key = letterOf(event);
  if (event.ctrlKey || event.metaKey) {
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    actions[key === 'y' || event.shiftKey ? 'redo' : 'undo']();
  } else if (key === 'b') setTool('pen');
  else if (key === 'e') setTool('eraser');
  else if (key === 'c' && takesHints) setTool('brush');
  else if (key === '[' || key === ']') { setWidth(widths[tool] + (key === ']' ? 1 : -1)); say(`${word('width')} ${widths[tool]}`); }
});

for (const button of $$('[data-tool]')) button.onclick = () => setTool(button.dataset.tool);
for (const button of $$('[data-act]')) button.onclick = () => actions[button.dataset.act]();
slider.oninput = () => setWidth(slider.value);
ring.hidden = true;
view.setAttribute('aria-roledescription', word('canvas'));

// Python gave a drawing: a sample, a photo's lines, thinner lines. It waits for the end of a stroke; thinner lines of a sheet that has
// changed since are not wanted. Says whether the sheet is another one now.
let given = null;
const take = () => {
  const { runs, colours, of: made } = given;
  given = null;
  const ids = (made === undefined || post.newest(made)) && sheet.fromRuns(runs);
  if (ids) replace(hints.adopt(ids, colours));
  return Boolean(ids);
};
watch('value', () => {
  if (!props.value?.runs) return;
  given = props.value;
  if (pointer === null) take();
});

setTool('pen');
sheet.ids = kept() ?? sheet.ids;
draw();
count();
element.dataset.ready = '';
know('translator', ({ controls }) => {
  takesHints = controls.includes('hints');
  $('[data-tool=brush]').hidden = !takesHints;
  $('.bar').classList.toggle('three', takesHints);
  if (!takesHints && tool === 'brush') setTool('pen');
  count();
  again();
}); // paints what was kept, and everything again when another translator is chosen
