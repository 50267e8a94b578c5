"""Opens the page: `python app.py`, at GRADIO_SERVER_NAME (127.0.0.1) and GRADIO_SERVER_PORT (7860)."""

import os

from studio import LAUNCH, jobs, networks, page, sweeping

sweeping.own_folder()
demo = page()

if __name__ == "__main__":
    jobs.bound_memory()
    sweeping.start()
    demo.launch(
        server_name=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        server_port=int(os.environ.get("GRADIO_SERVER_PORT", "7860")),
        prevent_thread_lock=True,
        **LAUNCH,
    )
    networks.warm()  # not before: Gradio gives up on a page that does not answer it within three seconds
    demo.block_thread()
