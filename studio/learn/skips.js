let drawing = null, translator = among(props.translators, given?.translator);
let gains = translator === given?.translator && Array.isArray(given.gains) ? given.gains : null;
const image = $('img'), list = $('ol');
choices($('.translators'), props.translators.map(name => [name, known(`title_${name}`) ?? name]), translator, name => { translator = name; gains = null; look(); });
const look = () => { if (drawing) ask({ drawing, translator, gains }); };
const slider = (gain, i, size) => {
  const input = make('input', { type: 'range', min: 0, max: 1, step: 0.05, 'aria-label': word('gain', { size }) });
  input.value = gain;
  const output = make('output', {}, decimals(gain));
  input.oninput = () => { gains[i] = +input.value; output.textContent = decimals(gains[i]); look(); };
  return make('li', {}, make('label', {}, make('span', {}, `${size} × ${size}`), input, output));
};
answers(answer => {
  image.src = answer.picture;
  element.dataset.gains = answer.gains;
  if (gains && list.children.length === answer.gains.length) return; // a hand is on them
  gains = answer.gains;
  list.replaceChildren(...gains.map((gain, i) => slider(gain, i, answer.sizes[i])));
});
for (const button of $$('[data-all]')) button.onclick = () => {
  if (!list.children.length) return;
  gains = gains.map(() => +button.dataset.all);
  list.replaceChildren(...gains.map((gain, i) => slider(gain, i, list.children[i].querySelector('span').textContent.split(' ')[0])));
  look();
};
linkable(() => ({ gains, translator }));
withDrawing('strokes', next => { drawing = next; look(); });
if (!props.translators.length) $('.problem').textContent = word('none');
element.dataset.ready = '';
