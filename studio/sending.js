// One question is under way at a time, the newest goes as soon as its answer has come. An answer that got lost blocks nothing.
// `question()` gives the runs and whatever else the server is to know; `rest` is called when nothing is left to send.
const sending = (question, rest) => {
  let serial = 0, underWay = 0, waiting = false, patience, changedAt = 0;
  const release = () => {
    clearTimeout(patience);
    underWay = 0;
    if (waiting) send();
    else rest();
  };
  const send = () => {
    waiting = underWay > 0;
    element.toggleAttribute('data-waiting', waiting);
    if (waiting) return;
    underWay = element.dataset.sent = ++serial;
    const { runs, ...more } = question();
    patience = setTimeout(release, props.patience);
    tell('sent', { serial, runs, colours: more.colours, changedAt });
    props.value = { ...more, runs: runs.join(' '), serial }; // as one string: Gradio copies a list number by number
    trigger('input');
  };
  hear('answered', answer => { if (answer.serial === underWay) release(); });
  return {
    send,
    changed() { changedAt = performance.now(); send(); },
    outdated() { tell('outdated', { serial }); },
    get serial() { return serial; },
    newest(number) { return number === serial && !waiting; }, // whether nothing has changed since that question
    get busy() { return underWay > 0; },
  };
};
