// The drawing again, stroke by stroke, through every translator that is chosen; what was painted is kept.
let drawing = null, chosen = (given?.translators ?? props.translators).filter(name => props.translators.includes(name)), frames = {}, playing = false, due = null;
const scrub = $('[type=range]'), play = $('[data-act=play]');
const titled = name => known(`title_${name}`) ?? name;
const show = () => {
  const count = +scrub.value;
  $('output').textContent = drawing?.strokes.length ? `${count} / ${drawing.strokes.length}` : '';
  if (!drawing?.strokes.length) { $('.runs').replaceChildren(); $('.problem').textContent = word('empty'); return setPlaying(false); }
  if (!chosen.length) return $('.runs').replaceChildren();
  if (!frames[count]) return ask({ drawing, translators: chosen, count });
  $('.runs').replaceChildren(...Object.entries(frames[count]).map(([name, src]) => make('figure', { 'data-run': name }, make('img', { src, alt: titled(name) }), make('figcaption', {}, titled(name)))));
  element.dataset.count = count;
  if (!playing) return;
  if (count >= drawing.strokes.length) return setPlaying(false);
  due = setTimeout(() => { scrub.value = count + 1; show(); }, 350);
};
const setPlaying = on => {
  playing = on;
  clearTimeout(due);
  play.textContent = word(on ? 'pause' : 'play');
  element.toggleAttribute('data-playing', on);
};
play.onclick = () => {
  setPlaying(!playing && Boolean(drawing?.strokes.length));
  if (!playing) return;
  if (+scrub.value >= drawing.strokes.length) scrub.value = 1;
  show();
};
scrub.oninput = () => { setPlaying(false); show(); };
$('.translators').append(...props.translators.map(name => {
  const box = make('input', { type: 'checkbox', value: name });
  box.checked = chosen.includes(name);
  box.onchange = () => { chosen = $$('.translators input').filter(each => each.checked).map(each => each.value); frames = {}; show(); };
  return make('label', { class: 'check' }, box, titled(name));
}));
answers(answer => { frames[answer.count] = answer.pictures; show(); });
know('scene', () => { if (!here()) setPlaying(false); });
linkable(() => ({ translators: chosen }));
withDrawing('strokes', next => {
  drawing = next;
  frames = {};
  setPlaying(false);
  scrub.max = Math.max(1, next.strokes.length);
  scrub.value = scrub.max;
  show();
});
if (!props.translators.length) $('.problem').textContent = word('none');
element.dataset.ready = '';
