// The label canvas. Its palette and its size are the chosen translator's. What is painted over a line that divides an object takes the line
// away, and a class that is filled flows across it.
const view = $('canvas'), over = $('.over'), context = view.getContext('2d', { alpha: false }), above = over.getContext('2d');
const frame = $('.sheet'), ring = $('.ring'), slider = $('[type=range]'), erases = $('select'), palette = $('.classes'), problem = $('.problem');
const say = text => { $('.say').textContent = text; };
const titled = ({ name }) => known(`class_${name.replaceAll(' ', '_')}`) ?? name;

let translator = null, sheet = raster(1, 1), area = regions(sheet), show = () => {}, label = 0, mask = 255;
let styles = []; // of objects, each by a place inside it: { x, y, label, style }
const labelAt = ([x, y]) => sheet.ids[y * sheet.width + x] & mask;
const inside = ([x, y]) => x >= 0 && y >= 0 && x < sheet.width && y < sheet.height;
const whole = ([x, y]) => [Math.round(x), Math.round(y)];

// Sending: a preview while the pen is down, the whole picture when it has lifted
const standing = () => styles.filter(({ x, y, label }) => labelAt([x, y]) === label);
const post = sending(() => ({
  width: sheet.width,
  height: sheet.height,
  runs: sheet.runs(),
  translator: translator.name,
  preview: pointer !== null || penDown,
  boundaries: outlined,
  styles: standing().map(({ x, y, style }) => [x, y, style]),
}), () => {});
const repaint = () => { if (translator) { post.outdated(); post.changed(); } };
hear('repaint', repaint);

// A finished change is kept for the next visit, a scene a translator.
const store = () => `${props.store}-${translator.name}`;
const keep = () => {
  const { width, height } = sheet;
  shelve(store(), JSON.stringify({ width, height, runs: sheet.runs(), styles: standing() }));
};
const fits = ids => ids && ids.every(id => (id & mask) < translator.classes.length);
const kept = () => {
  try {
    const { width, height, runs, styles } = JSON.parse(shelved(store()));
    const ids = width === sheet.width && height === sheet.height && sheet.fromRuns(runs);
    return fits(ids) ? { ids, styles } : null;
  } catch { return null; }
};

// History
const held = { get ids() { return sheet.ids; }, set ids(ids) { sheet.ids = ids; } };
const replaced = () => { select(null); corners = []; draw(); keep(); post.changed(); };
const past = undoable(held, props.steps, replaced);
const replace = ids => { past.remember(); sheet.ids = ids; replaced(); };

// The palette
const choose = id => {
  label = id;
  for (const chip of palette.children) {
    chip.setAttribute('aria-checked', +chip.dataset.id === id);
    chip.tabIndex = +chip.dataset.id === id ? 0 : -1;
  }
  say(titled(translator.classes[id]));
};
const chip = (entry, id) => {
  const colour = make('i', { 'aria-hidden': 'true' });
  colour.style.background = `rgb(${entry.colour})`;
  const button = make('button', { type: 'button', role: 'radio', 'data-id': id }, colour, titled(entry));
  button.onclick = () => { choose(id); if (['eraser', 'pick', 'split', 'object'].includes(tool)) setTool('brush'); };
  return button;
};
palette.addEventListener('keydown', event => { // chosen, not clicked: the tool stays
  const next = turning([...palette.children], event, palette.children[label]);
  if (next) choose(+next.dataset.id);
});

// Tools. `down`, `move` and `up` are given places on the sheet; what has `shape` shows it before it is painted.
let tool = 'brush', pointer = null, last = null, anchor = null, corners = [];
const widths = { brush: props.pen, eraser: props.pen, split: 1 };
const radius = event => (widths[tool] ?? 1) / 2 * (tool === 'split' ? 1 : pressure(event));
const dab = (id, keep) => ({
  down: (at, event) => draw(sheet.capsule(at, at, radius(event), id(), keep)),
  move: (at, event, from) => draw(sheet.capsule(from, at, radius(event), id(), keep)),
});
const tools = {
  brush: dab(() => label),
  eraser: dab(() => +erases.value),
  split: dab(() => SPLIT, SPLIT - 1),
  rectangle: {
    down(at) { anchor = at; },
    up(at) { area.rectangle(anchor, at, label); anchor = null; draw(); },
    shape: at => anchor && [anchor, [at[0], anchor[1]], at, [anchor[0], at[1]]],
  },
  polygon: {
    click(at) {
      const [first] = corners;
      if (corners.length > 2 && Math.hypot(at[0] - first[0], at[1] - first[1]) < 10 / scale()) return closePolygon();
      corners.push(at);
      drawOver(at);
      say(word('corner', { number: corners.length }));
    },
    shape: at => corners.length && [...corners, at],
  },
  fill: { down(at) { const [x, y] = whole(at); if (inside([x, y])) { area.fill(x, y, label, mask); draw(); } } },
  pick: { click(at) { if (inside(whole(at))) { choose(labelAt(whole(at))); setTool('brush'); } } },
  object: { click(at) { if (inside(whole(at))) select(whole(at)); } },
};
const closePolygon = () => {
  if (corners.length < 3) return;
  past.remember();
  area.polygon(corners, label);
  corners = [];
  draw();
  finished();
};
const setWidth = width => {
  slider.value = width;
  if (tool in widths) widths[tool] = +slider.value;
  $('output').textContent = slider.value;
  measureRing();
};
const setTool = name => {
  if (pointer !== null || !tools[name] || $(`[data-tool=${name}]`).hidden) return; // a stroke ends with the tool that it began with
  liftPen();
  tool = name;
  corners = [];
  anchor = null;
  if (name !== 'object') select(null);
  for (const button of $$('[data-tool]')) button.setAttribute('aria-pressed', button.dataset.tool === name);
  $('.width').hidden = !(name in widths);
  $('.erases').hidden = name !== 'eraser';
  if (name in widths) setWidth(widths[name]);
  element.dataset.tool = name;
  draw();
  say(word(name));
};
const finished = () => { select(null); keep(); post.changed(); };

// Objects and their styles
let selected = null, outlined = false, boundaries = null;
const objectAt = ([x, y]) => { // on a dividing line: the object beside it
  const beside = [[0, 0], [-1, 0], [1, 0], [0, -1], [0, 1], [-2, 0], [2, 0], [0, -2], [0, 2]].map(([dx, dy]) => [x + dx, y + dy]);
  return beside.find(at => inside(at) && sheet.ids[at[1] * sheet.width + at[0]] === labelAt([x, y])) ?? [x, y];
};
const select = at => {
  const [x, y] = at ? objectAt(at) : [];
  selected = at && { x, y, label: labelAt([x, y]), pixels: area.around(x, y, 255) };
  drawOver();
  const now = selected && standing().findLast(style => selected.pixels[style.y * sheet.width + style.x]);
  tell('object', selected && { label: selected.label, title: titled(translator.classes[selected.label]), style: now?.style ?? null });
};
hear('style', style => {
  styles = standing().filter(({ x, y }) => !selected.pixels[y * sheet.width + x]);
  if (style !== null) styles.push({ x: selected.x, y: selected.y, label: selected.label, style });
  keep();
  post.changed();
});
hear('shuffled', () => { styles = []; keep(); select(selected && [selected.x, selected.y]); });
hear('outlined', on => {
  outlined = on;
  boundaries = null;
  drawOver();
  if (on && translator) post.changed();
});

// The look: the scene, and above it what is not painted (yet), at twice its size
let cross = null, penDown = false; // where the keyboard's pen stands, once a key has moved it
const scale = () => view.getBoundingClientRect().width / sheet.width;
const draw = box => { show(sheet, context, box); drawOver(); };
const drawOver = (at = cross ?? last) => {
  const { width, height } = sheet;
  above.clearRect(0, 0, 2 * width, 2 * height);
  if (selected || tool === 'split') {
    const image = above.createImageData(2 * width, 2 * height), pixels = new Uint32Array(image.data.buffer);
    for (let y = 0; y < 2 * height; y++) for (let x = 0; x < 2 * width; x++) {
      const i = (y >> 1) * width + (x >> 1);
      if (selected && !selected.pixels[i]) pixels[y * 2 * width + x] = 0x73000000;
      if (tool === 'split' && mask < 255 && sheet.ids[i] & SPLIT) pixels[y * 2 * width + x] = 0xffffffff;
    }
    above.putImageData(image, 0, 0);
  }
  above.imageSmoothingEnabled = false;
  if (boundaries) above.drawImage(boundaries, 0, 0, 2 * width, 2 * height);
  const shape = at && tools[tool].shape?.(at);
  if (shape) {
    above.beginPath();
    for (const [x, y] of shape) above.lineTo(2 * x + 1, 2 * y + 1);
    if (tool === 'rectangle') above.closePath();
    for (const [style, size] of [['#000', 5 / port.zoom], ['#fff', 2.5 / port.zoom]]) {
      above.strokeStyle = style;
      above.lineWidth = size;
      above.stroke();
    }
    if (tool === 'polygon') {
      above.fillStyle = '#fff';
      for (const [x, y] of corners) { above.beginPath(); above.arc(2 * x + 1, 2 * y + 1, 6 / port.zoom, 0, 7); above.fill(); above.stroke(); }
    }
  }
  if (cross) showCross(above, [2 * cross[0] + 1, 2 * cross[1] + 1], 2 * radius(), penDown);
};
const port = viewport(frame, $('.stage'), zoom => { $('[data-act=fit]').textContent = `${Math.round(100 * zoom)} %`; measureRing(); });
const measureRing = () => { ring.style.width = ring.style.height = `${Math.max(3, (widths[tool] ?? 0) * scale())}px`; };

// Pointer: mouse, finger, pen; two fingers or the middle button move and zoom
const place = event => placed(event, view, sheet);
const fingers = new Map();
let before = null, panning = null;
const giveUp = () => { // a second finger: the first one was not painting
  if (pointer === null) return;
  pointer = anchor = null;
  if (before) {
    sheet.ids = before;
    past.drop();
    if (tools[tool].move) post.changed(); // its first dab was sent
  }
  before = null;
  draw();
};
view.addEventListener('pointerdown', event => {
  if (!translator) return;
  view.setPointerCapture(event.pointerId);
  if (event.pointerType === 'touch') {
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 2) { giveUp(); port.pinch([...fingers.values()]); }
    if (fingers.size > 1) return;
  }
  if (event.button === 1) { event.preventDefault(); panning = event.pointerId; return; }
  if (event.button || pointer !== null) return;
  hideCross();
  const at = place(event);
  if (event.altKey) return tools.pick.click(at);
  pointer = event.pointerId;
  last = at;
  if (tools[tool].click) return;
  past.remember();
  before = sheet.ids.slice();
  tools[tool].down(at, event);
  if (tools[tool].move) post.changed();
});
view.addEventListener('pointermove', event => {
  const box = frame.getBoundingClientRect();
  ring.style.translate = `${event.clientX - box.left}px ${event.clientY - box.top}px`;
  ring.hidden = event.pointerType === 'touch' || !(tool in widths) || widths[tool] * scale() < 8; // a thin pen has the crosshair
  if (fingers.has(event.pointerId)) {
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 2) return port.pinch([...fingers.values()]);
  }
  if (event.pointerId === panning) return port.pan(event.movementX, event.movementY);
  if (event.pointerId !== pointer) { if (corners.length && !cross) drawOver(place(event)); return; }
  if (tools[tool].move) {
    for (const step of path(event)) {
      const to = place(step);
      tools[tool].move(to, step, last);
      last = to;
    }
    post.changed();
  } else {
    last = place(event);
    if (anchor) drawOver(last);
  }
});
const lift = event => {
  if (fingers.delete(event.pointerId)) port.pinch(null); // the two that stay of three take a new grip
  if (event.pointerId === panning) panning = null;
  if (event.pointerId !== pointer) return;
  const at = place(event);
  pointer = before = last = null;
  if (event.type === 'pointercancel') { anchor = null; return finished(); }
  if (tools[tool].click) return tools[tool].click(at);
  tools[tool].up?.(at);
  finished();
};
view.addEventListener('pointerup', lift);
view.addEventListener('pointercancel', lift);
view.addEventListener('pointerenter', measureRing);
view.addEventListener('pointerleave', () => { ring.hidden = true; });
view.addEventListener('dblclick', closePolygon);

// Keyboard: arrows move, Space is the pen's down and up, or a corner; Enter closes a polygon
const liftPen = () => { // what it has painted stays, a rectangle without its second corner does not
  if (!penDown) return;
  penDown = false;
  if (anchor) { anchor = null; past.drop(); } else finished();
};
const hideCross = () => {
  liftPen();
  cross = null;
  drawOver();
};
const press = () => {
  cross ??= [sheet.width >> 1, sheet.height >> 1];
  const { click, down, move, up } = tools[tool];
  if (click) return click(cross);
  if (!penDown) {
    past.remember();
    penDown = Boolean(move || up);
    down(cross);
    if (penDown) { if (move) post.changed(); } else finished();
  } else {
    penDown = false;
    up?.(cross);
    finished();
  }
  say(word(penDown ? 'down' : 'up'));
};
view.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || !translator) return;
  if (event.key in ARROWS) {
    event.preventDefault();
    const from = cross ?? [sheet.width >> 1, sheet.height >> 1];
    cross = stepped(from, event, sheet);
    if (penDown && tools[tool].move) { tools[tool].move(cross, null, from); post.changed(); }
    port.bringIn(cross[0] / sheet.width, cross[1] / sheet.height);
    drawOver();
    if (!penDown) say(`${cross[0]}, ${cross[1]}, ${titled(translator.classes[labelAt(cross)])}`);
  } else if (event.key === ' ' && !event.repeat) {
    event.preventDefault();
    press();
    drawOver();
  } else if (event.key === 'Enter') closePolygon();
  else if (event.key === 'Escape') {
    if (penDown) { penDown = false; anchor = null; past.undo(); }
    corners = [];
    select(null);
  }
});
view.addEventListener('blur', hideCross);
const keys = { b: 'brush', r: 'rectangle', p: 'polygon', f: 'fill', e: 'eraser', i: 'pick', s: 'split', o: 'object' };
element.addEventListener('keydown', event => {
  if (event.target === erases) return;
  const key = letterOf(event);
  if (event.ctrlKey || event.metaKey) {
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    actions[key === 'y' || event.shiftKey ? 'redo' : 'undo']();
  } else if (key in keys) setTool(keys[key]);
  else if ((key === '[' || key === ']') && tool in widths) { setWidth(widths[tool] + (key === ']' ? 1 : -1)); say(`${word('width')} ${widths[tool]}`); }
  else if (key === '+' || key === '=') port.by(1.5);
  else if (key === '-') port.by(1 / 1.5);
  else if (key === '0') port.fit();
});

// Ways to start: a blank scene, a file, a test label map
const input = make('input', { type: 'file', accept: 'image/png,image/jpeg,image/webp,image/gif,image/bmp,image/tiff', tabindex: '-1', 'aria-hidden': 'true' });
element.append(input);
let number = 0;
const ask = what => {
  problem.textContent = '';
  props.value = { ...what, translator: translator.name, number: ++number };
  trigger('given');
};
const take = async file => {
  input.value = '';
  problem.textContent = '';
  const mine = ++number;
  try {
    const { path } = await upload(file);
    if (mine === number) ask({ path });
  } catch {
    if (mine === number) problem.textContent = word('refused');
  }
};
input.onchange = () => { if (input.files.length) take(input.files[0]); };
frame.addEventListener('dragover', event => event.preventDefault());
frame.addEventListener('drop', event => {
  event.preventDefault();
  if (event.dataTransfer.files.length && translator) take(event.dataTransfer.files[0]);
});
hear('sample', ({ name }) => ask({ sample: name }));
watch('value', () => { // what Python says of a file or a test label map
  const answer = props.value;
  if (answer?.number !== number || !('error' in answer || 'loaded' in answer)) return;
  if (answer.error) { problem.textContent = refusal(answer.error); return; }
  const ids = answer.translator === translator.name && sheet.fromRuns(answer.loaded);
  if (!fits(ids)) return;
  styles = [];
  replace(ids);
  element.dataset.loaded = answer.number;
});
const actions = {
  undo: past.undo,
  redo: past.redo,
  in: () => port.by(1.5),
  out: () => port.by(1 / 1.5),
  fit: () => port.fit(),
  blank() { if (translator) { styles = []; replace(new Uint8Array(sheet.ids.length).fill(+erases.value)); } },
  open: () => input.click(),
};

for (const button of $$('[data-tool]')) button.onclick = () => setTool(button.dataset.tool);
for (const button of $$('[data-act]')) button.onclick = () => actions[button.dataset.act]();
slider.oninput = () => setWidth(slider.value);
ring.hidden = true;
view.setAttribute('aria-roledescription', word('canvas'));

// What Python says of the scene
const advice = $('.advice'), share = value => (100 * value).toLocaleString(language, { maximumSignificantDigits: 2 });
const remark = ({ code, label, share: here, usual }) =>
  word(code, { name: titled(translator.classes[label]), share: share(here), usual: share(usual) });
hear('shown', async ({ serial, remarks, outline }) => {
  if (remarks) {
    advice.dataset.code = remarks[0]?.code ?? 'good';
    $('.words').textContent = remarks.slice(0, 2).map(remark).join(' ') || word('good');
    advice.hidden = false;
  }
  const image = outline && new Image();
  if (image) { image.src = outline; await image.decode(); }
  if (serial !== post.serial || !outlined) return;
  boundaries = image || null;
  drawOver();
});

know('translator', offer => {
  post.outdated();
  [pointer, before, last, anchor, penDown] = [null, null, null, null, false];
  translator = offer;
  const { size: { width, height }, classes } = offer;
  sheet = raster(width, height);
  area = regions(sheet);
  mask = classes.length > SPLIT ? 255 : SPLIT - 1;
  ({ show } = look(classes.map(({ colour }) => colour)));
  [view.width, view.height, over.width, over.height] = [width, height, 2 * width, 2 * height];
  frame.style.setProperty('--aspect', width / height);
  palette.replaceChildren(...classes.map(chip));
  erases.replaceChildren(...classes.map((entry, id) => make('option', { value: id }, titled(entry))));
  for (const button of $$('.styled')) button.hidden = !Object.keys(offer.styles).length;
  [boundaries, corners, styles, advice.hidden, problem.textContent] = [null, [], [], true, ''];
  past.forget();
  port.fit();
  const found = kept();
  if (found) ({ ids: sheet.ids, styles } = found);
  choose(Math.min(label, classes.length - 1));
  setTool($(`[data-tool=${tool}]`).hidden ? 'brush' : tool);
  select(null);
  draw();
  if (offer.missing) return;
  if (found || !offer.samples.length) post.changed();
  else ask({ sample: offer.samples[0] });
});
setTool('brush');
element.dataset.ready = '';
