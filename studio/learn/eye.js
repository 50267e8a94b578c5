const PATCHES = [1, 16, 70, 286];
let drawing = null, patch = among(PATCHES, given?.patch, 70), answer = null, cell = pair(given?.cell);
const figures = Object.fromEntries($$('[data-kind]').map(node => [node.dataset.kind, node])), heat = $('[type=range]');
const cells = {}; // kind -> { width, height, values }

choices($('.patches'), PATCHES.map(size => [size, `${size} × ${size}`]), patch, size => { patch = size; cell = null; look(); });
const look = () => { if (drawing) ask({ drawing, patch }); };
const paint = kind => showCells(figures[kind].querySelector('canvas'), cells[kind], heat.value);
const light = () => { // the window of the chosen cell, as far as it lies inside the picture
  for (const [kind, figure] of Object.entries(figures)) {
    const frame = figure.querySelector('i');
    frameWindow(frame, answer?.window, cells[kind] && cell, [256, 256]);
  }
  if (!cell) { $('.told').textContent = word(cells.real ? 'click' : 'click_sample'); return; }
  const value = kind => (cells[kind] ? decimals(cells[kind].values[cell[1] * cells[kind].width + cell[0]]) : '–');
  $('.told').textContent = word(cells.real ? 'cell_both' : 'cell', { x: cell[0] + 1, y: cell[1] + 1, size: answer.window.size, painted: value('painted'), real: value('real') });
};
const choose = (x, y, kind) => {
  const { width, height } = cells[kind];
  cell = [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
  light();
};
for (const [kind, figure] of Object.entries(figures)) pickCells(figure.querySelector('canvas'), () => cells[kind], () => cell, (x, y) => choose(x, y, kind));
heat.oninput = () => { for (const kind of Object.keys(cells)) paint(kind); };
answers(async next => {
  answer = next;
  for (const kind of Object.keys(figures)) delete cells[kind];
  const read = await Promise.all(Object.entries(next.maps).map(async ([kind, src]) => [kind, await readCells(src)]));
  if (answer !== next) return;
  Object.assign(cells, Object.fromEntries(read));
  for (const [kind, figure] of Object.entries(figures)) {
    figure.hidden = !(kind in next.maps);
    if (figure.hidden) continue;
    figure.querySelector('img').src = next.pictures[kind];
    figure.querySelector('figcaption').textContent = word(kind, { mean: decimals(next.means[kind]) });
    paint(kind);
  }
  if (cell) choose(...cell, 'painted');
  else light();
  element.dataset.patch = next.patch;
  element.dataset.cells = `${cells.painted.width}×${cells.painted.height}`;
});
for (const figure of Object.values(figures)) figure.hidden = true;
linkable(() => ({ patch, cell }));
withDrawing('boxes', next => { drawing = next; look(); });
element.dataset.ready = '';
