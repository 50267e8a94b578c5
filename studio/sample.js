const seed = $('[type=number]'), noise = $('[type=checkbox]'), wrong = $('.wrong');
let usual = noise.checked; // what the last translator has noise set to, until the person sets it
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
let found = keptIn('sample'); // Gradio does not hear of it before the page is up
if (typeof found?.seed === 'number' && [found.noise, found.usual].every(value => typeof value === 'boolean')) {
  seed.value = found.seed;
  noise.checked = found.noise;
  usual = found.usual;
} else found = null;
know('translator', ({ controls, noise: own }) => {
  $('.seed').hidden = $('.dice').hidden = !controls.includes('seed');
  $('.switch').hidden = !controls.includes('noise');
  if (own === usual && !found) return;
  if (own !== usual) noise.checked = usual = own;
  found = null;
  change();
});
element.dataset.ready = '';
