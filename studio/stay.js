() => { // a reload (or another language) stays on its tab; a link to a scene opens Learn
  const tabs = () => [...document.querySelectorAll('#tabs [role=tab]')], scene = () => location.hash.startsWith('#scene=');
  let place = scene() ? 3 : 0, linked = false;
  try {
    if (performance.getEntriesByType('navigation')[0]?.type !== 'navigate') place = sessionStorage.getItem('trazo-tab') ?? place;
  } catch {} // storage can be forbidden
  if (+place) tabs()[place]?.click();
  addEventListener('hashchange', () => { // another link in the same tab
    linked = scene();
    if (linked) location.reload();
  });
  addEventListener('pagehide', () => {
    const left = linked ? 3 : tabs().findIndex(tab => tab.ariaSelected === 'true');
    try { sessionStorage.setItem('trazo-tab', left); } catch {}
  });
}
