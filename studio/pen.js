// Where a pointer is on a sheet that a canvas shows, in pixels of the sheet; and what a pen's pressure makes of a width.
const placed = (event, canvas, { width, height }) => {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) * width / box.width - 0.5, (event.clientY - box.top) * height / box.height - 0.5];
};
const pressure = event => (event?.pointerType === 'pen' ? Math.min(1.6, Math.max(0.3, 2 * event.pressure)) : 1);
const path = event => { // where it was since the last event; all of it where the browser tells
  const steps = event.getCoalescedEvents?.() ?? [];
  return steps.length ? steps : [event];
};

// The keyboard's pen: arrow keys move it, eight pixels at a time or, with Shift, one.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const stepped = ([x, y], event, { width, height }) => {
  const limit = (value, top) => Math.min(top - 1, Math.max(0, value)), far = event.shiftKey ? 1 : 8, [dx, dy] = ARROWS[event.key];
  return [limit(x + far * dx, width), limit(y + far * dy, height)];
};
// A key's own letter or, under a script without Latin letters, the one that keyboards print beside it.
const BESIDE = { BracketLeft: '[', BracketRight: ']' };
const letterOf = ({ key, code }) => (key.length > 1 || /[\x20-\x7e]/.test(key) ? key : BESIDE[code] ?? code.replace(/^Key/, '')).toLowerCase();
const showCross = (context, [x, y], radius, down) => { // in the context's own pixels
  context.lineWidth = 3;
  context.strokeStyle = down ? '#c2381f' : '#2563c9';
  context.beginPath();
  context.arc(x, y, Math.max(9, radius), 0, 7);
  context.moveTo(x - 18, y);
  context.lineTo(x + 18, y);
  context.moveTo(x, y - 18);
  context.lineTo(x, y + 18);
  context.stroke();
};
