const { width: W, height: H } = props.size;
let image = $('img');
const before = $('canvas'), slider = $('input'), note = $('.note'), easel = $('.easel');
const sheet = raster(W, H, props.colours);
before.width = 2 * W;
before.height = 2 * H;

const sent = new Map(); // serial -> what was sent and when the pen last moved
let outdated = 0, newest = 0, shown = null;
const stale = ({ serial }) => serial <= outdated || serial < newest;
hear('sent', detail => {
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
    uncover();
    shown = answer;
    say('');
    $('.ms').textContent = Math.round(answer.ms);
    $('.ms-word').textContent = word('ms');
  } else {
    shown = null;
    image.removeAttribute('src');
    say(answer.error || word('empty'));
    note.classList.toggle('error', Boolean(answer.error));
    $('.ms').textContent = $('.ms-word').textContent = $('.round').textContent = '';
  }
  enable();
  tell('shown', answer);
  await new Promise(requestAnimationFrame);
  const roundTrip = performance.now() - question.changedAt;
  if (shown) $('.round').textContent = word('round', { ms: Math.round(roundTrip) });
  const { serial, ink, translator } = answer;
  Object.assign(element.dataset, { serial, ink, translator, roundTrip: roundTrip.toFixed(1) });
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
  if (+slider.value) sheet.show(before.getContext('2d'));
};
slider.oninput = uncover;

// Downloads, made here from what is shown.
const drawn = () => { // black on white at the canvas's own size, as the translator takes it
  const canvas = make('canvas', { width: W, height: H }), context = canvas.getContext('2d');
  const pixels = context.createImageData(W, H);
  new Uint32Array(pixels.data.buffer).set(Uint32Array.from(sheet.ids, id => (id ? 0xff000000 : 0xffffffff)));
  context.putImageData(pixels, 0, 0);
  return canvas;
};
const savers = {
  async drawing() { save(await png(drawn()), 'trazo-drawing.png'); },
  async picture() { save(await (await fetch(shown.picture)).blob(), `trazo-${shown.file}-${shown.seed}.png`); },
  async both() {
    const canvas = make('canvas', { width: 2 * W, height: H }), context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(drawn(), 0, 0);
    context.drawImage(image, W, 0, W, H);
    save(await png(canvas), `trazo-${shown.file}-${shown.seed}-both.png`);
  },
};
for (const button of $$('[data-save]')) button.onclick = () => savers[button.dataset.save]();

say(word('empty'));
enable();
uncover();
element.dataset.ready = '';
