// Zoom and pan of a stage inside its frame, by two fingers, the wheel, or keys. The stage never leaves the frame.
const viewport = (frame, stage, moved) => {
  let zoom = 1, x = 0, y = 0;
  const MOST = 8;
  const settle = () => {
    const { width, height } = frame.getBoundingClientRect();
    x = Math.min(0, Math.max(width * (1 - zoom), x));
    y = Math.min(0, Math.max(height * (1 - zoom), y));
    stage.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
    moved(zoom);
  };
  const by = (factor, clientX, clientY) => { // what lies at that place stays there
    const box = frame.getBoundingClientRect(), [px, py] = [(clientX ?? box.left + box.width / 2) - box.left, (clientY ?? box.top + box.height / 2) - box.top];
    const next = Math.min(MOST, Math.max(1, zoom * factor)), ratio = next / zoom;
    [x, y, zoom] = [px - (px - x) * ratio, py - (py - y) * ratio, next];
    settle();
  };
  const pan = (dx, dy) => { x += dx; y += dy; settle(); };
  const fit = () => { zoom = 1; settle(); };
  const bringIn = (px, py) => { // a place on the stage, 0 … 1 across and down
    const { width, height } = frame.getBoundingClientRect(), rim = 0.1;
    const excess = (at, room) => Math.min(0, room * (1 - rim) - at) + Math.max(0, room * rim - at);
    pan(excess(x + px * width * zoom, width), excess(y + py * height * zoom, height));
  };
  frame.addEventListener('wheel', event => { // Ctrl, as for a page, and what a trackpad's pinch sends; zoomed in, the wheel alone moves
    if (!event.ctrlKey && zoom === 1) return;
    event.preventDefault();
    if (event.ctrlKey) by(2 ** (-event.deltaY / 240), event.clientX, event.clientY);
    else pan(-event.deltaX, -event.deltaY);
  }, { passive: false });

  let grip = null;
  const two = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, far: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) });
  return {
    by, pan, fit, bringIn,
    get zoom() { return zoom; },
    pinch(fingers) { // where two fingers are now; null once they are gone
      const next = fingers && two(fingers);
      if (grip && next) {
        by(next.far / grip.far, grip.x, grip.y); // first, since a stage that fills its frame cannot be moved
        pan(next.x - grip.x, next.y - grip.y);
      }
      grip = next;
    },
  };
};
