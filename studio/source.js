// Every way in ends in `take`: an upload, and the server's word on what came.
const input = make('input', { type: 'file', accept: 'image/png,image/jpeg,image/webp,image/gif,image/bmp,image/tiff', tabindex: '-1', 'aria-hidden': 'true' });
const sheet = $('.sheet'), view = $('img'), video = $('video'), shutter = $('.shutter'), problem = $('.problem');
element.append(input);
view.alt = word('alt');
video.setAttribute('aria-label', word('live'));

let number = 0, sent = null, lost = 0, waiting = []; // how to send the last one again, how often that was done, and what waits for it
const complain = text => {
  problem.textContent = text;
  sheet.classList.remove('waiting');
  if (text) waiting = [];
};
const give = (what, again = () => give(what)) => {
  sent = again;
  complain('');
  sheet.classList.add('waiting');
  props.value = { ...what, number: ++number };
  trigger('given');
};
const take = async file => {
  close();
  input.value = '';
  if (!file) return complain(word('no_file'));
  const mine = ++number; // what came before is no longer waited for
  complain('');
  sheet.classList.add('waiting');
  try {
    const { path } = await upload(file);
    if (mine === number) give({ path }, () => take(file));
  } catch {
    if (mine === number) complain(word('refused'));
  }
};
watch('value', async () => {
  const answer = props.value;
  if (answer?.number !== number || !('preview' in answer || 'error' in answer)) return;
  if (answer.error) return complain(refusal(answer.error));
  view.src = answer.preview.url;
  await view.decode().catch(() => {});
  if (answer.number !== number) return;
  complain('');
  view.hidden = false;
  sheet.classList.remove('blank');
  const { path, width, height } = answer;
  $('.facts').textContent = word('facts', { width, height });
  element.dataset.photo = number;
  tell('photo', { path, width, height });
  for (const again of waiting.splice(0)) again();
});
hear('lost', ({ again }) => { // the server removes photos after a while: this one goes once more, and what could not be done is done
  if (again) waiting.push(again);
  if (++lost <= 100) sent();
});

// A file chosen, dropped here or on the picture beside, or pasted
$('[data-act=choose]').onclick = () => input.click();
sheet.onclick = event => { if (sheet.classList.contains('blank') && event.target.closest('.invite, .sheet') && !stream) input.click(); };
input.onchange = () => { if (input.files.length) take(input.files[0]); };
const depth = over => sheet.classList.toggle('over', over);
sheet.addEventListener('dragover', event => { event.preventDefault(); depth(true); });
sheet.addEventListener('dragleave', () => depth(false));
sheet.addEventListener('drop', event => { event.preventDefault(); depth(false); take(event.dataTransfer.files[0]); });
hear('dropped', take);
hear('sample', sample => { close(); give({ sample }); });
const onPage = () => element.offsetParent !== null; // this tab is the one in front
document.addEventListener('paste', event => {
  const file = [...event.clipboardData?.files ?? []].find(file => file.type.startsWith('image/'));
  if (!file || !onPage()) return;
  event.preventDefault();
  take(file);
});

// The camera runs from the press of its button to the shot, and never longer than it is looked at.
let stream = null;
const cameras = { NotFoundError: 'camera_none', OverconstrainedError: 'camera_none', NotAllowedError: 'camera_refused', SecurityError: 'camera_refused' };
const close = () => {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = video.srcObject = null;
  video.hidden = shutter.hidden = true;
  view.hidden = sheet.classList.contains('blank');
};
const open = async () => {
  close();
  complain('');
  if (!navigator.mediaDevices?.getUserMedia) return complain(word('camera_insecure'));
  const button = $('[data-act=camera]');
  button.disabled = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1920 } } });
    if (!onPage()) return close();
    video.srcObject = stream;
    await video.play();
    video.hidden = shutter.hidden = false;
    view.hidden = true;
    $('[data-act=shoot]').focus();
  } catch (error) {
    close();
    complain(word(cameras[error.name] ?? 'camera_failed'));
  } finally {
    button.disabled = false;
  }
};
const shoot = () => {
  const canvas = make('canvas', { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext('2d').drawImage(video, 0, 0);
  close();
  canvas.toBlob(blob => take(new File([blob], 'camera.png', { type: 'image/png' })), 'image/png');
};
$('[data-act=camera]').onclick = open;
$('[data-act=shoot]').onclick = shoot;
$('[data-act=close]').onclick = () => { close(); $('[data-act=camera]').focus(); };
new IntersectionObserver(() => { if (stream && !onPage()) close(); }).observe(sheet);
element.dataset.ready = '';
