const auto = $('.auto'), own = $('[type=color]');
let colour = null; // the seed's
const radios = () => $$('[role=radio]');
const mark = () => {
  for (const button of radios()) {
    const on = (button.dataset.colour ?? null) === colour;
    button.setAttribute('aria-checked', on);
    button.tabIndex = on ? 0 : -1;
  }
  const chosen = radios().some(button => button.getAttribute('aria-checked') === 'true');
  $('.own').classList.toggle('chosen', !chosen);
  if (!chosen) auto.tabIndex = 0;
};
const choose = next => {
  colour = next;
  props.value = { colour };
  mark();
  tell('repaint');
};
auto.onclick = () => choose(null);
own.oninput = () => choose(own.value);
element.addEventListener('keydown', event => {
  const turn = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], at = radios().indexOf(document.activeElement);
  if (!turn || at < 0) return;
  event.preventDefault();
  const next = radios()[(at + turn + radios().length) % radios().length];
  next.focus();
  next.click();
});

know('translator', ({ controls, colours }) => {
  element.hidden = !controls.includes('colour');
  $('.list').replaceChildren(...[...new Set(colours)].slice(0, props.most).map(swatch => {
    const names = { 'data-colour': swatch, 'aria-label': swatch, title: swatch };
    const button = make('button', { type: 'button', role: 'radio', class: 'swatch', ...names });
    button.style.background = swatch;
    button.onclick = () => choose(swatch);
    return button;
  }));
  if (element.hidden) props.value = { colour: (colour = null) }; // this translator takes none
  mark();
});
know('shown', answer => { // which one the seed picked
  if (colour) return;
  auto.querySelector('i').style.background = answer.colour ?? '';
  auto.title = answer.colour ? `${word('auto_hint')}: ${answer.colour}` : word('auto_hint');
  auto.dataset.picked = answer.colour ?? '';
});
mark();
element.dataset.ready = '';
