// Before the page is drawn: the language that the person chose stands in for the browser's. Gradio has read its words by now, so that
// those in its own parts are put into the page's plan here.
try {
  const code = localStorage.getItem('trazo-language'), plan = window.gradio_config, words = code && plan.i18n_translations[code];
  if (words) {
    Object.defineProperties(navigator, { language: { get: () => code }, languages: { get: () => [code] } });
    const say = node => {
      for (const [key, value] of Object.entries(node)) {
        if (typeof value === 'string' && value.startsWith('__i18n__')) node[key] = words[JSON.parse(value.slice(8)).key] ?? value;
        else if (value && typeof value === 'object') say(value);
      }
    };
    say(plan.components);
    document.documentElement.lang = code;
  }
} catch { /* storage is forbidden */ }
