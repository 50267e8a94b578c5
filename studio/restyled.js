const easel = $('.easel'), frame = $('.frame'), note = $('.note'), work = $('.work'), bar = $('progress');
const compare = $('.frame input'), strength = $('.strength input'), sides = $('.sides'), panes = $('.panes');
let [before, after] = $$('.frame img');

// Asking: one job at a time. A new wish stops the one under way; an answer to an old job is not looked at.
let photo = null, translator = null, resolution = 'quick', asked = '', job = '', shown = null;
const wish = () => JSON.stringify({ path: photo.path, translator: translator.name, resolution });
const ask = () => {
  if (!photo || !translator) return;
  if (translator.missing) {
    drop();
    asked = '';
    return clear(translator.missing, true);
  }
  if (wish() === asked) return;
  drop();
  asked = wish();
  job = unique();
  say('');
  busy(word('line'));
  props.value = { job, ...JSON.parse(asked) };
  trigger('input');
};
const drop = () => {
  if (job) server.stop(job).catch(() => {}); // a server that is gone has stopped
  job = element.dataset.job = '';
  work.hidden = true;
  easel.classList.remove('busy');
};
const busy = (text, done = 0, total = 0) => {
  element.dataset.job = job;
  easel.classList.add('busy');
  work.hidden = false;
  work.classList.remove('stopped');
  $('.doing').textContent = text;
  if (total > 1) Object.assign(bar, { value: done, max: total });
  else bar.removeAttribute('value');
};
$('[data-act=stop]').onclick = () => {
  drop();
  asked = '';
  work.hidden = false;
  work.classList.add('stopped');
  $('.doing').textContent = word('stopped');
  $('[data-act=again]').focus();
};
$('[data-act=again]').onclick = () => ask();

// Showing
const say = (text, wrong = false) => {
  note.textContent = text;
  note.hidden = !text;
  note.classList.toggle('error', wrong);
};
const enable = () => {
  for (const button of $$('[data-save]')) button.disabled = !shown;
  const beside = Boolean(shown?.whole) && sides.querySelector('input').checked;
  compare.disabled = !shown;
  strength.disabled = !shown || beside;
  sides.hidden = !shown?.whole;
  easel.classList.toggle('empty', !shown);
  panes.hidden = !beside;
  frame.hidden = beside;
  if (beside) pan();
};
const clear = (text, wrong) => {
  shown = null;
  for (const image of $$('img')) image.removeAttribute('src');
  $('.ms').textContent = $('.ms-word').textContent = $('.size').textContent = '';
  say(text, wrong);
  enable();
};
const image = async (file, old, alt) => {
  const next = make('img', { class: old.className, alt, draggable: 'false', src: file.url });
  await next.decode();
  return next;
};
const titled = answer => known(`title_${answer.translator}`) ?? answer.title;
const show = async (answer, mine) => {
  const next = await Promise.all([image(answer.photo, before, ''), image(answer.picture, after, word('alt', { translator: titled(answer) }))]);
  if (mine !== job) return false;
  before.replaceWith(next[0]);
  after.replaceWith(next[1]);
  [before, after] = next;
  frame.style.setProperty('--aspect', answer.width / answer.height);
  shown = answer;
  if (answer.whole) {
    const [whole, tiled] = panes.querySelectorAll('img');
    whole.src = answer.whole.picture.url;
    tiled.src = answer.picture.url;
  }
  $('.ms').textContent = Math.round(answer.ms).toLocaleString(language);
  $('.ms-word').textContent = 'ms';
  $('.size').textContent = word('size', answer);
  say('');
  enable();
  blend();
  uncover();
  return true;
};
const finish = async (answer, mine) => {
  const name = answer.translator;
  if (!await show(answer, mine)) return;
  job = '';
  drop();
  Object.assign(element.dataset, { translator: name, resolution: answer.resolution, shown: mine || 'opened' });
};
watch('value', () => {
  const answer = props.value;
  if (!job || answer?.job !== job) return;
  if (answer.gone) { // the page still has it
    drop();
    asked = '';
    tell('lost', {});
  } else if (answer.error) {
    drop();
    asked = '';
    clear(refusal(answer.error), true);
  } else if (answer.picture) finish(answer, job);
  else if ('done' in answer) {
    busy(answer.total > 1 ? word('tiles', answer) : word('working'), answer.done, answer.total);
    if (answer.whole) show(answer.whole, job);
  }
});

// Before and after: the photo lies under the picture and shows left of the divider, and through it where the strength is not whole.
const uncover = () => {
  frame.style.setProperty('--cut', compare.value / 10 + '%');
  frame.classList.toggle('whole', compare.value % 1000 === 0);
};
compare.oninput = uncover;
const share = () => +strength.value;
const blend = () => {
  after.style.opacity = share() / 100;
  $('.blend').textContent = word('blend', { share: share(), rest: 100 - share() });
};
strength.oninput = blend;

// Whole beside tiled: both at one picture pixel a screen pixel, moved together.
let middle = [0.5, 0.5];
const pan = () => {
  for (const figure of panes.children) {
    const view = figure.querySelector('img'), room = [figure.clientWidth, figure.clientHeight], size = [shown.width, shown.height];
    const [x, y] = size.map((side, i) => (side <= room[i] ? (room[i] - side) / 2 : Math.min(0, Math.max(room[i] - side, room[i] / 2 - middle[i] * side))));
    Object.assign(view.style, { width: `${size[0]}px`, height: `${size[1]}px`, translate: `${x}px ${y}px` });
  }
};
const move = (dx, dy) => {
  const inside = value => Math.min(1, Math.max(0, value));
  middle = [inside(middle[0] - dx / shown.width), inside(middle[1] - dy / shown.height)];
  pan();
};
sides.querySelector('input').onchange = enable;
panes.addEventListener('pointerdown', event => { if (!event.button) panes.setPointerCapture(event.pointerId); });
panes.addEventListener('pointermove', event => { if (panes.hasPointerCapture(event.pointerId)) move(event.movementX, event.movementY); });
panes.addEventListener('keydown', event => {
  const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
  if (!step) return;
  event.preventDefault();
  move(...step);
});
new ResizeObserver(() => { if (!panes.hidden) pan(); }).observe(panes);

// Resolution
const radios = $$('[role=radio]');
const mark = name => {
  resolution = name;
  for (const button of radios) {
    const on = button.dataset.resolution === name;
    button.setAttribute('aria-checked', on);
    button.tabIndex = on ? 0 : -1;
  }
};
for (const button of radios) button.onclick = () => { mark(button.dataset.resolution); ask(); };
$('.choice').addEventListener('keydown', event => turning(radios, event)?.click());

// A photo may be dropped here too.
easel.addEventListener('dragover', event => { event.preventDefault(); easel.classList.add('over'); });
easel.addEventListener('dragleave', () => easel.classList.remove('over'));
easel.addEventListener('drop', event => {
  event.preventDefault();
  easel.classList.remove('over');
  tell('dropped', event.dataTransfer.files[0]);
});

// Downloads, of what is seen: at the strength that is set.
const MOST = 1 << 24; // pixels of a canvas on phones; beyond, it stays empty
const canvas = (images, alpha) => {
  const width = images.length * shown.width, scale = Math.min(1, Math.sqrt(MOST / (width * shown.height)));
  const [across, down] = [width, shown.height].map(side => Math.floor(scale * side));
  const sheet = make('canvas', { width: across, height: down }), context = sheet.getContext('2d');
  context.scale(across / width, down / shown.height);
  images.forEach((layers, i) => layers.forEach((layer, j) => {
    context.globalAlpha = j ? alpha : 1;
    context.drawImage(layer, i * shown.width, 0);
  }));
  return sheet;
};
const name = () => `trazo-${shown.file}-${shown.resolution}${share() < 100 ? `-${share()}` : ''}`;
const stored = async url => { // the server removes its files after a while
  try {
    const answer = await fetch(url);
    return answer.ok && await answer.blob();
  } catch { return null; }
};
const savers = {
  async picture() {
    const whole = share() === 100 && await stored(shown.picture.url);
    save(whole || await png(canvas([[before, after]], share() / 100)), `${name()}.png`);
  },
  async both() { save(await png(canvas([[before], [before, after]], share() / 100)), `${name()}-both.png`); },
};
for (const button of $$('[data-save]')) button.onclick = () => savers[button.dataset.save]();

// A picture that was already painted, chosen from all styles
hear('open', answer => {
  drop();
  mark(answer.resolution);
  asked = JSON.stringify({ path: photo.path, translator: answer.translator, resolution });
  finish(answer, '').catch(() => { // the server has removed its files: paint it again
    asked = '';
    ask();
  });
  tell('pick', { name: answer.translator });
});

clear(word('empty'));
mark(resolution);
blend();
uncover();
element.dataset.ready = '';
know('translator', offer => { translator = offer; ask(); });
know('photo', given => { photo = given; ask(); });
