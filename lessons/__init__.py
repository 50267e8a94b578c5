"""What a lecture shows and how it is computed: no gradio here, and nothing happens at import."""
