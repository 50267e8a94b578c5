const thin = $('.advice button'), sees = $('.sees'), advice = $('.advice');
thin.onclick = () => trigger('thin');
const image = sees.querySelector('img');
image.alt = word('sees');
image.onload = () => {
  sees.querySelector('figcaption').textContent = word('sees_size', { width: image.naturalWidth, height: image.naturalHeight });
};
const number = value => value.toLocaleString(language, { maximumFractionDigits: 1 });
const speak = () => {
  if (!props.value?.code) props.value = { code: 'empty', seen: '' };
  const { code, value, low, high, unit, seen } = props.value;
  const many = unit === 'share' ? share => number(100 * share) : number;
  advice.dataset.code = code;
  advice.querySelector('.words').textContent = word(code, { value: many(value ?? 0), low: many(low ?? 0), high: many(high ?? 0) });
  thin.hidden = code !== 'thick';
  sees.hidden = !seen;
  if (seen) image.src = seen;
};
watch('value', speak);
speak();
element.dataset.ready = '';
