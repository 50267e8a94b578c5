const boxes = props.kind !== 'strokes', [W, H] = props.size, key = boxes ? 'boxes' : 'strokes', name = `pad-${props.kind}`;
const view = $('canvas'), context = view.getContext('2d'), file = $('[type=file]');
const ZOOM = 512 / W, STEPS = 40;
view.width = 512;
view.height = H * ZOOM;
$('.sheet').style.aspectRatio = `${W} / ${H}`;
const copy = drawing => JSON.parse(JSON.stringify(drawing));
let drawing, label = 2, samples = [], base = null, cross = null, penDown = false;

const fits = value => value && typeof value === 'object' && Array.isArray(value[key]) && value[key].every(item => Array.isArray(item) && item.length
  && (boxes ? item.length === 5 && item.every(Number.isFinite) && item[0] in props.names : item.every(point => Array.isArray(point) && point.length === 2 && point.every(Number.isFinite))));
const read = value => (fits(value) ? copy(boxes ? { sample: typeof value.sample === 'string' ? value.sample : null, boxes: value.boxes }
  : { width: Math.min(64, Math.max(1, +value.width || 5)), strokes: value.strokes }) : null);
const kept = () => { try { return read(foreign ? keptIn(name) : JSON.parse(shelved(`trazo-${name}`))); } catch { return null; } };

const draw = () => {
  drawItems();
  if (cross) showCross(context, cross.map(value => ZOOM * value), drawing.width ?? 0, penDown);
};
const drawItems = () => {
  context.fillStyle = boxes ? props.colours[0] : '#fff';
  context.fillRect(0, 0, view.width, view.height);
  if (boxes) {
    if (base?.complete && base.naturalWidth) { context.imageSmoothingEnabled = false; context.drawImage(base, 0, 0, view.width, view.height); }
    for (const [id, x0, y0, x1, y1] of drawing.boxes) {
      context.fillStyle = props.colours[id];
      context.fillRect(...[x0, y0, x1 - x0, y1 - y0].map(value => ZOOM * value));
    }
    return;
  }
  context.strokeStyle = context.fillStyle = '#18181b';
  context.lineCap = context.lineJoin = 'round';
  context.lineWidth = drawing.width;
  for (const stroke of drawing.strokes) {
    context.beginPath();
    for (const point of stroke) context.lineTo(...point);
    if (stroke.length === 1) context.lineTo(stroke[0][0] + 0.01, stroke[0][1]);
    context.stroke();
  }
};
const layBase = () => {
  const src = boxes && samples.find(({ name }) => name === drawing.sample)?.picture;
  base = null;
  if (src) { base = make('img', { src }); base.onload = draw; }
};
const changed = () => {
  draw();
  element.dataset.count = drawing[key].length;
  $('[data-act=undo]').disabled = !past.length && !drawing[key].length;
  if (foreign) keepIn(name, drawing);
  else shelve(`trazo-${name}`, JSON.stringify(drawing));
  tell(`drawing_${props.kind}`, copy(drawing));
};
const take = next => { drawing = next; layBase(); changed(); };
const past = []; // drawings before each change, the last one at the end
const remember = () => { past.push(copy(drawing)); if (past.length > STEPS) past.shift(); };
const replace = next => { remember(); take(next); };
const full = () => boxes && drawing.boxes.length >= props.most;
const begin = point => {
  remember();
  drawing[key].push(boxes ? [label, ...point, ...point] : [point]);
};
const extend = point => {
  const last = drawing[key].at(-1);
  if (boxes) [last[3], last[4]] = point;
  else if (String(last.at(-1)) !== String(point)) last.push(point);
};
const end = () => {
  const last = drawing[key].at(-1);
  if (boxes && (last[1] === last[3] || last[2] === last[4])) drawing = past.pop(); // two corners in one line are no box
  changed();
};

let pointer = null;
const at = event => {
  const box = view.getBoundingClientRect(), beyond = boxes ? 0 : 1; // a stroke may leave the paper
  const inside = (share, side) => Math.round(side * Math.min(1 + beyond, Math.max(-beyond, share)));
  return [inside((event.clientX - box.left) / box.width, W), inside((event.clientY - box.top) / box.height, H)];
};
view.addEventListener('pointerdown', event => {
  if (event.button || pointer !== null) return;
  hideCross();
  if (full()) return;
  pointer = event.pointerId;
  view.setPointerCapture(pointer);
  begin(at(event));
  draw();
});
view.addEventListener('pointermove', event => {
  if (event.pointerId !== pointer) return;
  extend(at(event));
  draw();
});
const lift = event => {
  if (event.pointerId !== pointer) return;
  pointer = null;
  end();
};
view.addEventListener('pointerup', lift);
view.addEventListener('pointercancel', lift);

// Keyboard: arrows move, Space begins a stroke or a box and ends it, Escape drops it
const liftPen = () => { if (penDown) { penDown = false; end(); } };
const hideCross = () => { if (cross) { liftPen(); cross = null; draw(); } };
const strike = () => {
  if (penDown) return liftPen();
  if (full()) return;
  penDown = true;
  begin(cross);
};
view.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || pointer !== null) return;
  const from = cross ?? [W >> 1, H >> 1];
  if (event.key in ARROWS) {
    cross = stepped(from, event, { width: W + 1, height: H + 1 }); // a box may end at the border
    if (penDown) extend(cross);
  } else if (event.key === ' ') {
    cross = from;
    if (!event.repeat) strike();
  } else if (event.key === 'Escape' && penDown) {
    penDown = false;
    take(past.pop());
  } else return;
  event.preventDefault();
  draw();
});
view.addEventListener('blur', hideCross);
mouseGivesNoFocus(view);

const acts = {
  undo() {
    if (past.length) return take(past.pop());
    drawing[key].pop(); // of a drawing from before a reload, stroke by stroke
    changed();
  },
  clear() { replace(boxes ? { sample: null, boxes: [] } : { width: drawing.width, strokes: [] }); },
  save() { save(new Blob([JSON.stringify({ name: `trazo-${props.kind}`, ...drawing })], { type: 'application/json' }), `trazo-${props.kind}.json`); },
  open() { file.click(); },
};
for (const button of $$('[data-act]')) button.onclick = () => acts[button.dataset.act]();
file.onchange = async () => {
  let next = null;
  try { next = read(JSON.parse(await file.files[0].text())); } catch { /* said below */ }
  $('.problem').textContent = next ? '' : word('bad_file', { name: file.files[0].name, key });
  file.value = '';
  if (next) replace(next);
};
if (boxes) {
  choices($('.palette'), props.names.map((name, id) => [id, word(`class_${name.replace(' ', '_')}`)]), label, id => { label = id; });
  $$('.palette button').forEach((button, id) => button.style.setProperty('--class', props.colours[id]));
}
const offer = () => { // the samples come from the server, before or after this script
  samples = props.value?.samples ?? [];
  $('.starts-strip').replaceChildren(...samples.map(({ name, picture }, i) => {
    const button = make('button', { type: 'button', class: 'thumb', 'aria-label': word('sample', { number: i + 1 }) }, make('img', { src: picture, alt: '' }));
    button.onclick = () => replace({ sample: name, boxes: [] });
    return button;
  }));
  layBase();
};
watch('value', offer);
linkable(() => drawing);
drawing = copy(props.start);
offer();
take(kept() ?? read(given) ?? copy(props.start));
element.dataset.ready = '';
