// One pixel of a map is a cell: red looks painted to the discriminator, green looks real.
let drawing = null, patch = given?.patch ?? 70, answer = null, cell = given?.cell ?? null;
const figures = Object.fromEntries($$('[data-kind]').map(node => [node.dataset.kind, node])), heat = $('[type=range]');
const cells = {}; // kind -> { width, height, values }

choices($('.patches'), [1, 16, 70, 286].map(size => [size, `${size} × ${size}`]), patch, size => { patch = size; cell = null; look(); });
const look = () => { if (drawing) ask({ drawing, patch }); };
const read = async (kind, src) => {
  const image = make('img', { src });
  await image.decode();
  const canvas = make('canvas', { width: image.naturalWidth, height: image.naturalHeight }), context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  cells[kind] = { width: canvas.width, height: canvas.height, values: Array.from({ length: data.length / 4 }, (_, i) => data[4 * i] / 255) };
};
const paint = kind => {
  const view = figures[kind].querySelector('canvas'), { width, height, values } = cells[kind];
  [view.width, view.height] = [width, height];
  const image = new ImageData(width, height);
  values.forEach((value, i) => {
    const t = Math.abs(2 * value - 1), end = value < 0.5 ? [214, 40, 20] : [20, 150, 90];
    image.data.set([...end, 255 * (0.15 + 0.85 * t)], 4 * i);
  });
  view.getContext('2d').putImageData(image, 0, 0);
  view.style.opacity = heat.value / 100;
};
const light = () => { // the window of the chosen cell, as far as it lies inside the picture
  for (const [kind, figure] of Object.entries(figures)) {
    const frame = figure.querySelector('i');
    frame.hidden = !cell || !cells[kind];
    if (frame.hidden) continue;
    const { start, step, size } = answer.window, [low, high] = [0, 1].map(end => cell.map(i => Math.min(256, Math.max(0, start + i * step + end * size))));
    Object.assign(frame.style, { left: `${low[0] / 2.56}%`, top: `${low[1] / 2.56}%`, width: `${(high[0] - low[0]) / 2.56}%`, height: `${(high[1] - low[1]) / 2.56}%` });
    frame.dataset.box = [...low, ...high];
  }
  if (!cell) { $('.told').textContent = word('click'); return; }
  const value = kind => (cells[kind] ? decimals(cells[kind].values[cell[1] * cells[kind].width + cell[0]]) : '–');
  $('.told').textContent = word(cells.real ? 'cell_both' : 'cell', { x: cell[0] + 1, y: cell[1] + 1, size: answer.window.size, painted: value('painted'), real: value('real') });
};
const choose = (x, y, kind) => {
  const { width, height } = cells[kind];
  cell = [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
  light();
};
for (const [kind, figure] of Object.entries(figures)) {
  const view = figure.querySelector('canvas');
  view.onclick = event => {
    if (!cells[kind]) return;
    const box = view.getBoundingClientRect();
    choose(Math.floor((event.clientX - box.left) / box.width * cells[kind].width), Math.floor((event.clientY - box.top) / box.height * cells[kind].height), kind);
  };
  view.onkeydown = event => {
    const turn = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!turn || !cells[kind]) return;
    event.preventDefault();
    event.stopPropagation();
    const from = cell ?? [cells[kind].width >> 1, cells[kind].height >> 1];
    choose(from[0] + turn[0], from[1] + turn[1], kind);
  };
}
heat.oninput = () => { for (const kind of Object.keys(cells)) paint(kind); };
answers(async next => {
  answer = next;
  for (const kind of Object.keys(figures)) delete cells[kind];
  await Promise.all(Object.entries(next.maps).map(([kind, src]) => read(kind, src)));
  if (answer !== next) return;
  for (const [kind, figure] of Object.entries(figures)) {
    figure.hidden = !(kind in next.maps);
    if (figure.hidden) continue;
    figure.querySelector('img').src = next.pictures[kind];
    figure.querySelector('figcaption').textContent = word(kind, { mean: decimals(next.means[kind]) });
    paint(kind);
  }
  light();
  element.dataset.patch = next.patch;
  element.dataset.cells = `${cells.painted.width}×${cells.painted.height}`;
});
for (const figure of Object.values(figures)) figure.hidden = true;
linkable(() => ({ patch, cell }));
withDrawing('boxes', next => { drawing = next; look(); });
element.dataset.ready = '';
