let drawing = null, answer = null, cell = null, maps = [];
let run = among(props.runs, given?.run, 'full'), judged = 'painted', place = pair(given?.place), style = given?.style ?? null;
const [W, H] = props.size, STEP = 8, heat = $('[type=range]'), painted = $('[data-kind=painted]'), photo = $('[data-kind=photo]');

const look = (styles = false) => {
  if (drawing) ask({ drawing, run, judged: drawing.sample ? judged : 'painted', x: place?.[0] ?? null, y: place?.[1] ?? null, style, styles });
};
const grid = { width: W / STEP, height: H / STEP };
pickCells(painted.querySelector('canvas'), () => grid, () => place?.map(value => Math.floor(value / STEP)), (x, y) => {
  const inside = (value, most) => STEP * Math.min(most - 1, Math.max(0, value)) + STEP / 2;
  [place, style] = [[inside(x, grid.width), inside(y, grid.height)], null];
  look(true);
});
const strip = pictures => {
  $('.styles-strip').replaceChildren(...pictures.map((src, k) => {
    const button = make('button', { type: 'button', class: 'thumb', 'aria-label': word('style', { number: k + 1 }) }, make('img', { src, alt: '' }));
    button.onclick = () => { style = k; look(); };
    return button;
  }));
};

// D1, D2, D3: the same picture, each time half as fine.
const scales = [1, 2, 3].map(number => {
  const frame = make('i', { hidden: '' }), view = make('canvas', { role: 'img', tabindex: '0', 'aria-label': word('map', { number }) });
  const image = make('img', { alt: '' }), caption = make('figcaption');
  const figure = make('figure', { 'data-scale': number }, make('div', { class: 'eye-picture' }, image, view, frame), caption);
  const choose = (x, y) => {
    const { width, height } = maps[number - 1];
    cell = { scale: number - 1, at: [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))] };
    light();
  };
  pickCells(view, () => maps[number - 1], () => (cell?.scale === number - 1 ? cell.at : null), choose);
  return { figure, image, view, frame, caption };
});
$('.scales').append(...scales.map(({ figure }) => figure));
const light = () => {
  scales.forEach(({ frame }, i) => frameWindow(frame, answer?.windows[i], cell?.scale === i ? cell.at : null, [W, H]));
  if (!cell) { $('.cell').textContent = word('click_cell'); return; }
  const { width, values } = maps[cell.scale], [x, y] = cell.at;
  $('.cell').textContent = word('cell', { number: cell.scale + 1, x: x + 1, y: y + 1, size: answer.windows[cell.scale].size, value: decimals(values[y * width + x]) });
};
const paint = () => maps.forEach((cells, i) => showCells(scales[i].view, cells, heat.value));
heat.oninput = paint;

answers(async next => {
  answer = next;
  const read = await Promise.all(next.maps.map(readCells));
  if (answer !== next) return;
  maps = read;
  choices($('.runs-choice'), next.runs.map(name => [name, word(`run_${name}`)]), next.run, name => { run = name; look(Boolean(place)); });
  choices($('.judged'), [['painted', word('of_painted')], ...(next.photo ? [['photo', word('of_photo')]] : [])], next.judged, kind => { judged = kind; look(); });
  painted.querySelector('img').src = next.picture;
  painted.querySelector('figcaption').textContent = word(`run_${next.run}`);
  photo.hidden = !next.photo;
  photo.querySelector('img').src = next.photo;
  const shade = $('.shade'), found = next.object;
  shade.hidden = !found;
  if (found) shade.src = found.shade;
  const name = found && word(`class_${found.class}`);
  $('.object').textContent = !found ? word('click') : found.count ? word('object', { name, count: found.count, number: found.style + 1 }) : word('styleless', { name });
  if (next.styles.length || !found) strip(next.styles);
  press($$('.styles-strip button'), $$('.styles-strip button')[found?.style]);
  scales.forEach(({ image, caption }, i) => {
    image.src = next.judged === 'photo' ? next.photo : next.picture;
    caption.textContent = word('scale', { number: i + 1, size: next.windows[i].size, mean: decimals(next.means[i]) });
  });
  paint();
  light();
  $('.table').replaceChildren(...table(next.table));
  Object.assign(element.dataset, { run: next.run, judged: next.judged, styles: $$('.styles-strip button').length, style: found?.style ?? '' });
});
linkable(() => ({ run, place, style }));
withDrawing('streets', next => { [drawing, style] = [next, drawing ? null : style]; look(Boolean(place)); });
element.dataset.ready = '';
