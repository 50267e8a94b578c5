// Colour hints on the drawing: the colour in hand, and the ids from `FIRST` on that stand for the sheet's colours. A sheet's list of
// colours only grows, so that what undo brings back means what it meant.
const FIRST = 2;
const hinting = (sheet, most, chosen) => {
  const own = $('.hints [type=color]'), radios = () => $$('.hints [role=radio]');
  let colour;
  const distance = (a, b) => [1, 3, 5].reduce((sum, at) => sum + (parseInt(a.slice(at, at + 2), 16) - parseInt(b.slice(at, at + 2), 16)) ** 2, 0);
  const idOf = wanted => {
    const { colours } = sheet;
    if (!colours.includes(wanted) && colours.length < most) colours.push(wanted);
    const nearest = colours.reduce((best, each) => (distance(each, wanted) < distance(best, wanted) ? each : best)); // where no more fit
    return FIRST + colours.indexOf(nearest);
  };
  const choose = next => {
    colour = own.value = next;
    for (const button of radios()) {
      const on = button.dataset.colour === colour;
      button.setAttribute('aria-checked', on);
      button.tabIndex = on ? 0 : -1;
    }
    const listed = radios().some(button => button.tabIndex === 0);
    $('.hints .own').classList.toggle('chosen', !listed);
    if (!listed) radios()[0].tabIndex = 0;
    element.style.setProperty('--hint', colour);
  };

  for (const [name, swatch] of Object.entries(props.swatches)) {
    const names = { 'data-colour': swatch, 'aria-label': word(name), title: word(name) };
    const button = make('button', { type: 'button', role: 'radio', class: 'swatch', ...names });
    button.style.background = swatch;
    button.onclick = () => { choose(swatch); chosen(); };
    $('.hints .list').append(button);
  }
  own.oninput = () => { choose(own.value); chosen(); };
  $('.hints').addEventListener('keydown', event => {
    if (radios().includes(document.activeElement)) turning(radios(), event)?.click();
  });
  choose(Object.values(props.swatches)[0]);

  return {
    id: () => idOf(colour),
    any: () => sheet.ids.some(id => id >= FIRST),
    adopt(ids, colours = []) { // ids that stand for other colours become this sheet's
      const ours = Uint8Array.from({ length: 256 }, (_, id) => id);
      for (const id of new Set(ids)) if (id >= FIRST) ours[id] = /^#[0-9a-f]{6}$/i.test(colours[id - FIRST]) ? idOf(colours[id - FIRST]) : 0;
      return ids?.map(id => ours[id]);
    },
  };
};
