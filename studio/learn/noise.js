const STATISTICS = ['image', 'running'], COUNTS = [4, 9, 16];
let drawing = null;
const state = {
  translator: among(props.translators, given?.translator),
  noise: given?.noise !== false,
  statistics: among(STATISTICS, given?.statistics),
  count: among(COUNTS, given?.count),
};
const look = () => { if (drawing) ask({ drawing, ...state }); };
const set = (key, value) => { state[key] = value; look(); };
choices($('.translators'), props.translators.map(name => [name, known(`title_${name}`) ?? name]), state.translator, value => set('translator', value));
choices($('.statistics'), STATISTICS.map(name => [name, word(name)]), state.statistics, value => set('statistics', value));
choices($('.counts'), COUNTS.map(count => [count, `N = ${count}`]), state.count, value => set('count', value));
const box = $('[type=checkbox]');
box.checked = state.noise;
box.onchange = () => set('noise', box.checked);
answers(answer => {
  $('.dice-pictures').style.setProperty('--columns', Math.sqrt(answer.pictures.length));
  $('.dice-pictures').replaceChildren(...answer.pictures.map(src => make('img', { src, alt: '' })));
  $('.mean').src = answer.mean;
  $('.map').src = answer.map;
  $('.deviation').textContent = word('deviation', { value: decimals(answer.deviation, 1) });
  element.dataset.deviation = answer.deviation;
});
linkable(() => state);
withDrawing('strokes', next => { drawing = next; look(); });
if (!props.translators.length) $('.problem').textContent = word('none');
element.dataset.ready = '';
