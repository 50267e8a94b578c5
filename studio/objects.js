const which = $('.which'), choices = $('.choices'), outlines = $('[type=checkbox]');
let translator = null;

const mark = style => {
  for (const button of choices.children) {
    const on = button.dataset.style === String(style ?? '');
    button.setAttribute('aria-checked', on);
    button.tabIndex = on ? 0 : -1;
  }
};
const choose = style => { mark(style); tell('style', style); };
const choice = (tint, i) => {
  const name = word('style', { number: i + 1 });
  const button = make('button', { type: 'button', role: 'radio', class: 'swatch', 'data-style': i, 'aria-label': name, title: name }, String(i + 1));
  button.style.background = tint;
  button.onclick = () => choose(i);
  return button;
};
choices.addEventListener('keydown', event => turning([...choices.children], event)?.click());
$('.shuffle').onclick = () => { tell('shuffled'); tell('roll'); };
outlines.onchange = () => tell('outlined', outlines.checked);

know('object', object => {
  const tints = (object && translator?.styles[object.label]) ?? [];
  choices.hidden = !tints.length;
  which.textContent = !object ? word('none') : tints.length ? word('picked', { name: object.title }) : word('plain', { name: object.title });
  if (!tints.length) return;
  const auto = make('button', { type: 'button', role: 'radio', class: 'auto', 'data-style': '', title: word('auto_hint') }, word('auto'));
  auto.onclick = () => choose(null);
  choices.replaceChildren(auto, ...tints.map(choice));
  mark(object.style);
});
know('translator', offer => {
  translator = offer;
  element.hidden = !Object.keys(offer.styles).length;
});
element.dataset.ready = '';
