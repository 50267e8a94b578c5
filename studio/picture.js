let image = $('img'), sheet, under;
const before = $('canvas'), slider = $('input'), note = $('.note'), easel = $('.easel');
const begin = ({ width, height }, colours) => {
  sheet = raster(width, height);
  under = look(colours);
  before.width = under.scale * width;
  before.height = under.scale * height;
  easel.style.setProperty('--aspect', width / height);
};

const sent = new Map(); // serial -> what was sent and when the pen last moved
let outdated = 0, newest = 0, shown = null;
const stale = ({ serial }) => serial <= outdated || serial < newest;
know('sent', detail => {
  sent.set(detail.serial, detail);
  easel.classList.add('waiting');
});
hear('outdated', ({ serial }) => { outdated = serial; });

const say = text => { note.textContent = text; note.hidden = !text; };
const enable = () => {
  for (const button of $$('[data-save]')) button.disabled = !shown;
  slider.disabled = !shown;
  easel.classList.toggle('empty', !shown);
};

const clear = error => {
  shown = null;
  image.removeAttribute('src');
  say(error ? refusal(error) : word(props.labels ? 'empty_labels' : 'empty'));
  note.classList.toggle('error', Boolean(error));
  for (const part of ['ms', 'ms-word', 'preview', 'round']) $(`.${part}`).textContent = '';
};
const show = async answer => {
  const question = sent.get(answer.serial);
  if (answer.picture) {
    const next = new Image();
    next.src = answer.picture;
    await next.decode();
    if (stale(answer)) return;
    next.alt = word('alt', { translator: known(`title_${answer.translator}`) ?? answer.title });
    next.draggable = false;
    image.replaceWith(next);
    image = next;
    sheet.ids = sheet.fromRuns(question.runs);
    sheet.colours.splice(0, Infinity, ...question.colours ?? []);
    uncover();
    shown = answer;
    say('');
    if (answer.preview) $('.preview').textContent = word('ms_preview', { ms: Math.round(answer.ms) });
    else {
      $('.ms').textContent = Math.round(answer.ms);
      $('.ms-word').textContent = word(props.labels ? 'ms_full' : 'ms');
    }
  } else {
    clear(answer.error);
  }
  enable();
  tell('shown', answer);
  await new Promise(requestAnimationFrame);
  const roundTrip = performance.now() - question.changedAt;
  if (shown) $('.round').textContent = word('round', { ms: Math.round(roundTrip) });
  const { serial, ink, translator, preview = false } = answer;
  Object.assign(element.dataset, { serial, ink, translator, preview, roundTrip: roundTrip.toFixed(1) });
};

watch('value', () => {
  const answer = props.value;
  if (!answer?.serial || !sent.has(answer.serial)) return; // an answer to another page's question
  tell('answered', { serial: answer.serial });
  const old = stale(answer);
  newest = Math.max(newest, answer.serial);
  (old ? Promise.resolve() : show(answer)).finally(() => {
    for (const serial of sent.keys()) if (serial <= answer.serial) sent.delete(serial);
    easel.classList.toggle('waiting', sent.size > 0);
  });
});

// Before and after: the drawing covers the picture up to the divider; while nothing of it shows it is not drawn.
const uncover = () => {
  easel.style.setProperty('--cut', slider.value / 10 + '%');
  easel.classList.toggle('whole', slider.value % 1000 === 0);
  if (+slider.value) under.show(sheet, before.getContext('2d'));
};
slider.oninput = uncover;

// Downloads, made here from what is shown.
const savers = {
  async drawing() { save(await under.file(sheet), props.labels ? `trazo-${shown.file}-labels.png` : 'trazo-drawing.png'); },
  async picture() { save(await (await fetch(shown.picture)).blob(), `trazo-${shown.file}-${shown.seed}.png`); },
  async both() {
    const { width, height } = sheet, canvas = make('canvas', { width: 2 * width, height }), context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(under.flat(sheet), 0, 0);
    context.drawImage(image, width, 0, width, height);
    save(await png(canvas), `trazo-${shown.file}-${shown.seed}-both.png`);
  },
};
for (const button of $$('[data-save]')) button.onclick = () => savers[button.dataset.save]();

if (props.labels) {
  $('[data-save=drawing]').textContent = word('save_labels');
  slider.title = word('compare_labels');
  slider.setAttribute('aria-label', word('compare_labels'));
  know('translator', ({ size, classes }) => {
    begin(size, classes.map(({ colour }) => colour));
    clear();
    enable();
  });
} else begin(props.size, props.colours);
clear();
enable();
uncover();
element.dataset.ready = '';
