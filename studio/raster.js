// Class ids in rows, as a canvas holds them and a picture shows them again: hard-edged, never blended.
const raster = (width, height) => {
  let ids = new Uint8Array(width * height);
  const colours = []; // "#rrggbb", where ids stand for a drawing's hints

  const runs = () => {
    const out = [];
    let id = ids[0], start = 0;
    for (let i = 1; i <= ids.length; i++) if (i === ids.length || ids[i] !== id) { out.push(id, i - start); id = ids[i]; start = i; }
    return out;
  };
  const fromRuns = list => {
    const read = new Uint8Array(width * height);
    let at = 0;
    for (let i = 0; i < list.length; i += 2) { read.fill(list[i], at, at + list[i + 1]); at += list[i + 1]; }
    return at === read.length ? read : null;
  };
  const count = () => { let inked = 0; for (const id of ids) inked += id > 0; return inked; };

  // Every pixel within `radius` of the segment a-b takes the id and keeps the bits of `keep`, but for those of the id `spared`; returns the
  // touched box [x0, y0, x1, y1).
  const capsule = (a, b, radius, id, keep = 0, spared = -1) => {
    const x0 = Math.max(0, Math.floor(Math.min(a[0], b[0]) - radius)), x1 = Math.min(width, Math.ceil(Math.max(a[0], b[0]) + radius) + 1);
    const y0 = Math.max(0, Math.floor(Math.min(a[1], b[1]) - radius)), y1 = Math.min(height, Math.ceil(Math.max(a[1], b[1]) + radius) + 1);
    const dx = b[0] - a[0], dy = b[1] - a[1], length2 = dx * dx + dy * dy || 1;
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) {
      const t = Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / length2));
      const ex = x - a[0] - t * dx, ey = y - a[1] - t * dy, before = ids[y * width + x];
      if (ex * ex + ey * ey <= radius * radius && before !== spared) ids[y * width + x] = id | (before & keep);
    }
    return [x0, y0, x1, y1];
  };

  return { width, height, colours, runs, fromRuns, count, capsule, get ids() { return ids; }, set ids(next) { ids = next; } };
};
