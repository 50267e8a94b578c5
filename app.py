"""Opens the page: `python app.py`, at GRADIO_SERVER_NAME (127.0.0.1) and GRADIO_SERVER_PORT (7860)."""

import os

from studio import LAUNCH, jobs, networks, page

demo = page()

if __name__ == "__main__":
    jobs.bound_memory()
    networks.warm()
    demo.launch(
        server_name=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        server_port=int(os.environ.get("GRADIO_SERVER_PORT", "7860")),
        **LAUNCH,
    )
