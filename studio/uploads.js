// A button, and the canvas beside it as a place to drop a picture.
const accept = 'image/png,image/jpeg,image/webp,image/gif,image/bmp,image/tiff';
const input = make('input', { type: 'file', accept, tabindex: '-1', 'aria-hidden': 'true' });
const button = make('button', { type: 'button', class: 'wide' }, word('photo'));
button.title = word('photo_hint');
const problem = make('span', { class: 'problem', role: 'alert' });
element.append(button, input, problem);
// One photo is on its way at a time; of those that are chosen meanwhile the newest goes next.
let number = 0, underWay = false, next = null, patience;
const rest = () => {
  clearTimeout(patience);
  underWay = false;
  const file = next;
  next = null;
  take(file);
};
const take = async file => {
  if (!file) return;
  problem.textContent = '';
  if (underWay) {
    next = file;
    return;
  }
  underWay = button.disabled = true;
  try {
    const { path } = await upload(file);
    props.value = { path, number: ++number };
    patience = setTimeout(rest, props.patience);
    trigger('upload');
  } catch {
    problem.textContent = word('refused');
    rest();
  } finally {
    button.disabled = false;
    input.value = '';
  }
};
watch('value', () => { // the answer has no path
  const answer = props.value;
  if (!answer || answer.number !== number || answer.path) return;
  if (answer.error) problem.textContent = refusal(answer.error);
  rest();
});
button.onclick = () => input.click();
input.onchange = () => take(input.files[0]);
hear('dropped', take);
element.dataset.ready = '';
