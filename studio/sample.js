const seed = $('[type=number]'), noise = $('[type=checkbox]'), wrong = $('.wrong');
let usual = noise.checked; // what the last translator has noise set to, until the person sets it
let again = false; // Gradio is yet to hear what was found again, which it does not before the page is up
const change = () => {
  const fine = seed.value !== '' && seed.validity.valid;
  wrong.hidden = fine;
  wrong.textContent = fine ? '' : word('seed_wrong');
  seed.setAttribute('aria-invalid', !fine);
  if (!fine) return;
  props.value = { seed: +seed.value, noise: noise.checked };
  keepIn('sample', { ...props.value, usual });
  tell('repaint');
};
seed.oninput = change;
noise.onchange = change;
const roll = () => { seed.value = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1; change(); };
$('.dice').onclick = roll;
hear('roll', roll);
const before = keptIn('sample');
if (typeof before?.seed === 'number' && [before.noise, before.usual].every(value => typeof value === 'boolean')) {
  seed.value = before.seed;
  noise.checked = before.noise;
  usual = before.usual;
  again = true;
}
know('translator', ({ controls, noise: own }) => {
  $('.seed').hidden = $('.dice').hidden = !controls.includes('seed');
  $('.switch').hidden = !controls.includes('noise');
  const changed = own !== usual || again;
  again = false;
  if (own !== usual) noise.checked = usual = own;
  if (changed) change();
});
element.dataset.ready = '';
