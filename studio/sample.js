const seed = $('[type=number]'), noise = $('[type=checkbox]'), wrong = $('.wrong');
const change = () => {
  const fine = seed.value !== '' && seed.validity.valid;
  wrong.hidden = fine;
  wrong.textContent = fine ? '' : word('seed_wrong');
  seed.setAttribute('aria-invalid', !fine);
  if (!fine) return;
  props.value = { seed: +seed.value, noise: noise.checked };
  tell('repaint');
};
seed.oninput = change;
noise.onchange = change;
const roll = () => { seed.value = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1; change(); };
$('.dice').onclick = roll;
hear('roll', roll);
let usual = noise.checked; // what the last translator has noise set to, until the person sets it
know('translator', ({ controls, noise: own }) => {
  $('.seed').hidden = $('.dice').hidden = !controls.includes('seed');
  $('.switch').hidden = !controls.includes('noise');
  if (own === usual) return;
  noise.checked = usual = own;
  change();
});
element.dataset.ready = '';
