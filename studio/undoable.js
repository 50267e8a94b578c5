// Undo and redo, at most `steps` deep: `held` gives and takes what is on the sheet, `replaced` is called after it was taken back or redone.
const undoable = (held, steps, replaced) => {
  let past = [], future = [];
  const mark = () => {
    $('[data-act=undo]').setAttribute('aria-disabled', !past.length);
    $('[data-act=redo]').setAttribute('aria-disabled', !future.length);
  };
  const move = (from, to, name) => {
    if (!from.length) return;
    to.push(held.ids);
    held.ids = from.pop();
    mark();
    replaced();
    say(word(name));
  };
  mark();
  return {
    remember() { past.push(held.ids.slice()); if (past.length > steps) past.shift(); future = []; mark(); },
    drop() { past.pop(); mark(); }, // nothing came of what was remembered last
    forget() { past = []; future = []; mark(); },
    undo: () => move(past, future, 'undo'),
    redo: () => move(future, past, 'redo'),
  };
};
