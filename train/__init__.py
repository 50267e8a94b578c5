"""The training room: one file a paper, over one engine."""
