"""The suite: one file a module, and the page in Chromium."""
