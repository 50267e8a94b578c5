const REACH = 1.2, DATA = '#157a6e', MADE = '#b8341c', MOST = 1500, LIMIT = 3000, PACE = 220, ACROSS = 240;
const LOSSES = ['minimax', 'non_saturating', 'least_squares', 'wasserstein', 'wasserstein_gp'];
const board = $('.board canvas'), context = board.getContext('2d'), play = $('[data-act=play]'), slow = $('[data-act=slow]');
let points = [], label = 0, seed = Number.isInteger(given?.seed) ? given.seed : 1, playing = false, untouched = 0;
let round = 0, started = false; // which game the board shows, and whether the server was asked to begin it
let cross = null; // where the keyboard's spray stands, in steps from the upper left
let before = null, now = null, changedAt = 0, due = null, drawn = null; // two answers, between which the points glide

// Data: presets, and a brush that sprays around the pointer.
const random = () => Math.random() - 0.5;
const near = (x, y, spread) => [x + spread * (random() + random() + random()), y + spread * (random() + random() + random())];
const spread = (count, place) => Array.from({ length: count }, (_, i) => { const [x, y, c] = place(i / count, i); return [...near(x, y, 0.05), c]; });
const PRESETS = {
  ring: () => spread(640, (t, i) => [0.75 * Math.cos(i % 8 * Math.PI / 4), 0.75 * Math.sin(i % 8 * Math.PI / 4), i % 3]),
  moons: () => spread(600, (t, i) => { const a = Math.PI * t; return i % 2 ? [0.55 * Math.cos(a) - 0.25, 0.6 * Math.sin(a) - 0.15, 0] : [0.25 - 0.55 * Math.cos(a), 0.15 - 0.6 * Math.sin(a), 1]; }),
  line: () => spread(600, t => [1.5 * t - 0.75, 0.6 * Math.sin(6.3 * t), Math.min(2, Math.floor(3 * t))]),
  blob: () => spread(500, () => [0.45, 0.3, 0]),
};
const inside = value => Math.min(1, Math.max(-1, Math.round(1000 * value) / 1000));
const setPoints = next => { points = next.slice(-MOST).map(([x, y, c]) => [inside(x), inside(y), c]); };
choices($('.presets'), Object.keys(PRESETS).map(name => [name, word(name)]), 'ring', name => { setPoints(PRESETS[name]()); start(); });
choices($('.classes'), [[0, '●'], [1, '■'], [2, '▲']], 0, value => { label = value; if (now) move('look'); });
for (const [i, button] of $$('.classes button').entries()) button.setAttribute('aria-label', word('pen_class', { number: i + 1 }));

// Asking
const rules = () => ({ loss: $('select').value, d_steps: Math.min(10, Math.max(1, Math.round(+$('[data-rule=d_steps]').value) || 1)), conditional: $('[data-rule=conditional]').checked });
const move = (act, more = {}) => {
  if (started && wish?.act !== 'start') ask({ act, label, rules: rules(), round, ...more }); // a start that waits comes first
};
const leave = () => { // whatever is still answered of the game until now
  now = before = wish = null;
  started = false;
  round++;
  clearTimeout(drawn);
};
const start = () => {
  leave();
  untouched = 0;
  started = points.length > 0;
  if (started) move('start', { points, seed });
  else { setPlaying(false); paint(); }
};
const setPlaying = wanted => {
  const on = wanted && points.length > 0;
  if (on && !started) start();
  playing = on;
  untouched = 0;
  play.textContent = word(on ? 'pause' : 'play');
  element.toggleAttribute('data-playing', on);
  clearTimeout(due);
  if (on) move(slow.checked ? 'step' : 'play');
};
const act = {
  play: () => setPlaying(!playing),
  start: () => { seed = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1; start(); },
  clear: () => { points = []; start(); },
  collapse: () => { setPlaying(false); move('collapse'); },
  discriminator: () => { setPlaying(false); move('discriminator'); },
  generator: () => { setPlaying(false); move('generator'); },
  slow: () => { untouched = 0; },
};
for (const node of $$('[data-act]')) node.onclick = () => act[node.dataset.act]();
answers((answer, asked) => {
  if (asked.round !== round) return;
  if (answer.gone) return start(); // the server no longer keeps this game, or it plays by other rules
  before = now ?? answer;
  now = answer;
  changedAt = performance.now();
  figures();
  requestAnimationFrame(glide);
  if (!playing) return;
  untouched += now.step - before.step;
  if (untouched >= LIMIT || !here() || document.hidden) return setPlaying(false);
  due = setTimeout(() => move(slow.checked ? 'step' : 'play'), slow.checked ? 900 : PACE);
});
document.addEventListener('visibilitychange', () => { if (document.hidden && playing) setPlaying(false); });
know('scene', () => { if (!here() && playing) setPlaying(false); });

// Rules
$('select').append(...LOSSES.map(loss => make('option', { value: loss }, word(loss))));
const setRules = ({ loss, d_steps = 1, conditional = false }) => {
  $('select').value = among(LOSSES, loss, 'non_saturating');
  $('[data-rule=d_steps]').value = d_steps;
  $('[data-rule=conditional]').checked = conditional;
};
const showEquation = () => { element.closest('.lesson').dataset.loss = $('select').value; };
$('select').onchange = () => { $('[data-rule=d_steps]').value = $('select').value.startsWith('wasserstein') ? 5 : 1; showEquation(); start(); }; // the papers' own k
$('[data-rule=conditional]').onchange = start;
$('[data-rule=d_steps]').onchange = () => setRules(rules());
linkable(() => ({ points, seed, rules: rules() }));

// The board
const place = ([x, y]) => [(x / REACH + 1) / 2 * board.width, (1 - y / REACH) / 2 * board.height];
const mark = ([x, y], shape, size) => {
  context.beginPath();
  if (shape === 1) context.rect(x - size, y - size, 2 * size, 2 * size);
  else if (shape === 2) { context.moveTo(x, y - 1.3 * size); context.lineTo(x + 1.2 * size, y + size); context.lineTo(x - 1.2 * size, y + size); context.closePath(); }
  else context.arc(x, y, 1.1 * size, 0, 7);
};
const crossed = () => [(2 * cross[0] / ACROSS - 1) * REACH, (1 - 2 * cross[1] / ACROSS) * REACH];
const shown = name => $(`[data-show=${name}]`).checked;
const mix = (a, b, t) => a + (b - a) * t;
const between = (from, to, t) => to.map((point, i) => [mix(from[i][0], point[0], t), mix(from[i][1], point[1], t)]);
const paintField = field => { // 0 generated: warm; 1 data: cool
  const side = field.length, small = make('canvas', { width: side, height: side }), image = new ImageData(side, side);
  field.forEach((row, y) => row.forEach((value, x) => {
    const at = 4 * ((side - 1 - y) * side + x), [from, to] = value < 0.5 ? [[224, 150, 130], [246, 244, 239]] : [[246, 244, 239], [130, 200, 188]];
    const t = value < 0.5 ? 2 * value : 2 * value - 1;
    for (let k = 0; k < 3; k++) image.data[at + k] = mix(from[k], to[k], t);
    image.data[at + 3] = 255;
  }));
  small.getContext('2d').putImageData(image, 0, 0);
  const half = board.width / (side - 1) / 2; // the outermost points lie on the board's border
  context.imageSmoothingEnabled = true;
  context.drawImage(small, -half, -half, board.width + 2 * half, board.height + 2 * half);
};
const paintManifold = (from, to, t) => { // a cell is the darker the more of z it squeezes into a place
  const net = to.map((row, i) => between(from[i], row, t).map(place));
  for (let i = 0; i + 1 < net.length; i++) for (let j = 0; j + 1 < net.length; j++) {
    const corners = [net[i][j], net[i][j + 1], net[i + 1][j + 1], net[i + 1][j]];
    let area = 0;
    corners.forEach(([x, y], k) => { const [u, v] = corners[(k + 1) % 4]; area += (x * v - u * y) / 2; });
    const fair = board.width * board.height / (net.length - 1) ** 2 / 2;
    context.globalAlpha = Math.min(0.55, Math.max(0.05, 0.16 * fair / (Math.abs(area) + 1)));
    context.fillStyle = '#7a3fa0';
    context.beginPath();
    for (const corner of corners) context.lineTo(...corner);
    context.fill();
  }
  context.globalAlpha = 0.28;
  context.lineWidth = scale();
  context.strokeStyle = '#5b2a80';
  for (const line of [...net, ...net.map((_, j) => net.map(row => row[j]))]) {
    context.beginPath();
    for (const point of line) context.lineTo(...point);
    context.stroke();
  }
  context.globalAlpha = 1;
};
const scale = () => board.width / (board.getBoundingClientRect().width || 480);
const paintGame = t => {
  const side = Math.round(board.getBoundingClientRect().width * devicePixelRatio);
  if (!side) return;
  if (board.width !== side) board.width = board.height = side;
  context.fillStyle = '#f6f4ef';
  context.fillRect(0, 0, side, side);
  if (now && shown('field')) paintField(now.field);
  if (now && shown('manifold')) paintManifold(before.manifold, now.manifold, t);
  const size = 2.4 * scale();
  context.fillStyle = DATA;
  context.globalAlpha = 0.75;
  for (const [x, y, c] of points) { mark(place([x, y]), c, size * 0.8); context.fill(); }
  context.globalAlpha = 1;
  if (!now) return;
  const made = between(before.samples, now.samples, t).map(place);
  if (shown('arrows')) {
    const longest = Math.max(...now.arrows.map(([x, y]) => Math.hypot(x, y)), 1e-9), reach = side / 12 / longest;
    context.strokeStyle = MADE;
    context.globalAlpha = 0.5;
    context.lineWidth = 1.2 * scale();
    context.beginPath();
    now.arrows.forEach(([x, y], i) => { if (i % 3 === 0) { context.moveTo(...made[i]); context.lineTo(made[i][0] + x * reach, made[i][1] - y * reach); } });
    context.stroke();
    context.globalAlpha = 1;
  }
  context.fillStyle = MADE;
  context.strokeStyle = '#fff';
  context.lineWidth = 0.8 * scale();
  made.forEach((point, i) => { mark(point, rules().conditional ? now.labels[i] : 0, size * 1.15); context.fill(); context.stroke(); });
};
const paint = (t = 1) => {
  paintGame(t);
  if (cross) showCross(context, place(crossed()), 0, false);
};
const glide = () => {
  const t = playing ? Math.min(1, (performance.now() - changedAt) / PACE) : 1;
  paint(t);
  if (t < 1) requestAnimationFrame(glide);
};
const figures = () => {
  const last = now.curves.at(-1), line = (index, colour) => ({ colour, points: now.curves.map(point => [point[0], point[index]]) });
  $('.step').textContent = now.step.toLocaleString(language);
  $('.covered').textContent = last ? `${Math.round(100 * last[4])} %` : '';
  element.dataset.step = now.step;
  element.dataset.covered = last?.[4] ?? '';
  curves($('#losses'), [line(1, '--line-1'), line(2, '--line-2')]);
  curves($('#divergence'), [line(3, '--line-3')]);
};
for (const node of $$('[data-show]')) node.onchange = () => paint();
let brush = null;
const under = ({ clientX, clientY }) => {
  const box = board.getBoundingClientRect();
  return [((clientX - box.left) / box.width * 2 - 1) * REACH, (1 - (clientY - box.top) / box.height * 2) * REACH];
};
const spray = ([x, y], count = 4) => {
  setPoints([...points, ...Array.from({ length: count }, () => [...near(x, y, 0.05), label])]);
  paint();
};
const afresh = () => { // a new drawing, not more of the game's own data
  setPlaying(false);
  clearTimeout(drawn);
  if (started) { leave(); points = []; press($$('.presets button'), null); }
};
const soon = wait => { clearTimeout(drawn); drawn = setTimeout(start, wait); };
board.addEventListener('pointerdown', event => {
  if (event.button) return;
  cross = null;
  afresh();
  brush = event.pointerId;
  board.setPointerCapture(brush);
  spray(under(event));
});
board.addEventListener('pointermove', event => { if (event.pointerId === brush) spray(under(event)); });
const lift = event => { if (event.pointerId === brush) { brush = null; soon(700); } };
board.addEventListener('pointerup', lift);
board.addEventListener('pointercancel', lift);

// Keyboard: arrows move, Space sprays; the game waits longer for the next place
board.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || brush !== null) return;
  const from = cross ?? [ACROSS >> 1, ACROSS >> 1];
  if (event.key in ARROWS) {
    cross = stepped(from, event, { width: ACROSS + 1, height: ACROSS + 1 });
    if (!started && points.length) soon(2500);
    paint();
  } else if (event.key === ' ') {
    cross = from;
    afresh();
    spray(crossed(), 12);
    soon(2500);
  } else return;
  event.preventDefault();
});
board.addEventListener('blur', () => { cross = null; paint(); });
mouseGivesNoFocus(board);
new ResizeObserver(() => { paint(); if (now) figures(); }).observe(board);

setRules(given?.rules ?? {});
showEquation();
const isPoint = value => Array.isArray(value) && value.length === 3 && value.every(Number.isFinite) && [0, 1, 2].includes(value[2]);
setPoints(Array.isArray(given?.points) && given.points.length && given.points.every(isPoint) ? given.points : PRESETS.ring());
play.textContent = word('play');
onScene(() => { if (now) paint(); else start(); });
element.dataset.ready = '';
