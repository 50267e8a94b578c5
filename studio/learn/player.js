// Goes before the script of a scene that plays: a button, and a range that moves on by itself until its end. `show` shows the range's place,
// and calls `goOn` once it is seen; `ready` says whether there is anything to play.
const player = (every, ready, show) => {
  const scrub = $('[type=range]'), play = $('[data-act=play]');
  let playing = false, due = null;
  const set = on => {
    playing = on;
    clearTimeout(due);
    play.textContent = word(on ? 'pause' : 'play');
    element.toggleAttribute('data-playing', on);
  };
  const stop = () => set(false);
  play.onclick = () => {
    set(!playing && ready());
    if (!playing) return;
    if (+scrub.value >= +scrub.max) scrub.value = scrub.min;
    show();
  };
  scrub.oninput = () => { stop(); show(); };
  know('scene', () => { if (!here()) stop(); });
  stop();
  return {
    stop,
    goOn() {
      if (!playing) return;
      if (+scrub.value >= +scrub.max) return stop();
      clearTimeout(due); // the same place may be shown twice
      due = setTimeout(() => { scrub.value = +scrub.value + 1; show(); }, every);
    },
  };
};
