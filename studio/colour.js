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
  if (!chosen) {
    own.value = colour;
    auto.tabIndex = 0;
  }
};
const hold = next => {
  colour = next;
  props.value = { colour };
  keepIn('colour', colour);
};
const choose = next => {
  hold(next);
  mark();
  tell('repaint');
};
auto.onclick = () => choose(null);
own.oninput = () => choose(own.value);
element.addEventListener('keydown', event => { // the colour field beside the radios has its own arrows
  if (radios().includes(document.activeElement)) turning(radios(), event)?.click();
});

let found = /^#[0-9a-f]{6}$/.test(keptIn('colour')) ? keptIn('colour') : null; // Gradio does not hear of it before the page is up
know('translator', ({ controls, colours }) => {
  element.hidden = !controls.includes('colour');
  $('.list').replaceChildren(...[...new Set(colours)].slice(0, props.most).map(swatch => {
    const names = { 'data-colour': swatch, 'aria-label': swatch, title: swatch };
    const button = make('button', { type: 'button', role: 'radio', class: 'swatch', ...names });
    button.style.background = swatch;
    button.onclick = () => choose(swatch);
    return button;
  }));
  if (element.hidden) hold(null); // this translator takes none
  else if (found) choose(found);
  found = null;
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
