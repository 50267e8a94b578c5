// A button, and the canvas beside it as a place to drop a picture.
const accept = 'image/png,image/jpeg,image/webp,image/gif,image/bmp,image/tiff';
const input = make('input', { type: 'file', accept, tabindex: '-1', 'aria-hidden': 'true' });
const button = make('button', { type: 'button', class: 'wide' }, word('photo'));
button.title = word('photo_hint');
const problem = make('span', { class: 'problem', role: 'alert' });
element.append(button, input, problem);
let number = 0;
const take = async file => {
  if (!file) return;
  problem.textContent = '';
  button.disabled = true;
  try {
    const { path } = await upload(file);
    props.value = { path, number: ++number };
    trigger('upload');
  } catch {
    problem.textContent = word('refused');
  } finally {
    button.disabled = false;
    input.value = '';
  }
};
watch('value', () => { // Python could not use it
  const answer = props.value;
  if (answer?.number === number && answer.error) problem.textContent = refusal(answer.error);
});
button.onclick = () => input.click();
input.onchange = () => take(input.files[0]);
hear('dropped', take);
element.dataset.ready = '';
