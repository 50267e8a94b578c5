// The drawing again, stroke by stroke, through every translator that is chosen; what was painted is kept.
let drawing = null, chosen = props.translators.filter(name => given?.translators?.includes?.(name) ?? true), frames = {};
const scrub = $('[type=range]');
const titled = name => known(`title_${name}`) ?? name;
const show = () => {
  const count = +scrub.value;
  $('output').textContent = drawing?.strokes.length ? `${count} / ${drawing.strokes.length}` : '';
  if (!drawing?.strokes.length) { $('.runs').replaceChildren(); $('.problem').textContent = word('empty'); return reel.stop(); }
  if (!chosen.length) return $('.runs').replaceChildren();
  if (!frames[count]) return ask({ drawing, translators: chosen, count });
  $('.runs').replaceChildren(...Object.entries(frames[count]).map(([name, src]) => make('figure', { 'data-run': name }, make('img', { src, alt: titled(name) }), make('figcaption', {}, titled(name)))));
  element.dataset.count = count;
  reel.goOn();
};
const reel = player(350, () => Boolean(drawing?.strokes.length), show);
$('.translators').append(...props.translators.map(name => {
  const box = make('input', { type: 'checkbox', value: name });
  box.checked = chosen.includes(name);
  box.onchange = () => { chosen = $$('.translators input').filter(each => each.checked).map(each => each.value); frames = {}; show(); };
  return make('label', { class: 'check' }, box, titled(name));
}));
answers((answer, asked) => { // what was asked for before another drawing or other translators came is not theirs
  if (asked.drawing === drawing && asked.translators === chosen) frames[answer.count] = answer.pictures;
  show();
});
linkable(() => ({ translators: chosen }));
withDrawing('strokes', next => {
  drawing = next;
  frames = {};
  reel.stop();
  scrub.max = Math.max(1, next.strokes.length);
  scrub.value = scrub.max;
  show();
});
if (!props.translators.length) $('.problem').textContent = word('none');
element.dataset.ready = '';
