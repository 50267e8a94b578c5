// Snapshots of one run: each is asked for once for a drawing, and kept.
const COLOURS = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5'];
const image = $('img'), scrub = $('[type=range]'), chart = $('.curve');
let drawing = null, steps = null, losses = null, frames = {};

const number = () => (steps ? steps[+scrub.value] : null);
const request = () => ask({ drawing, step: number(), curves: !losses });
const show = () => {
  const step = number();
  $('output').textContent = step === null ? '' : word('step', { step: step.toLocaleString(language) });
  if (!(step in frames)) return request();
  image.src = frames[step];
  image.hidden = false;
  element.dataset.step = step;
  plot();
  reel.goOn();
};
const reel = player(450, () => Boolean(steps), show);
const plot = () => {
  const names = Object.keys(losses ?? {}).slice(0, COLOURS.length);
  $('.losses').hidden = !names.length;
  if (!names.length) return;
  $('.losses figcaption').replaceChildren(...names.map((name, i) => { const mark = make('b', { class: 'line' }, name.replaceAll('_', ' ')); mark.style.color = `var(${COLOURS[i]})`; return mark; }));
  const tops = names.flatMap(name => losses[name].map(([, y]) => y));
  const now = { colour: '--soft', points: [[number(), Math.min(0, ...tops)], [number(), Math.max(...tops)]] };
  curves(chart, [now, ...names.map((name, i) => ({ colour: COLOURS[i], points: losses[name] }))]);
};
answers((answer, { drawing: shown }) => {
  if (shown !== drawing) return; // another drawing has come since, and was asked for
  const first = !steps;
  steps = answer.steps;
  scrub.max = steps.length - 1;
  losses = answer.curves ?? losses;
  frames[answer.step] = answer.picture;
  if (first) scrub.value = Math.max(0, given?.step ? steps.indexOf(given.step) : steps.length - 1);
  show();
});
linkable(() => ({ step: number() }));
withDrawing('boxes', next => { drawing = next; frames = {}; reel.stop(); request(); });
element.dataset.ready = '';
