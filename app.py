"""Diagonal in the browser: `python app.py` gets the pose weights, starts the server and opens the coach.

`streamlit run app.py` finds `app` below too; it then serves this computer only, with no usage data either.
"""

from __future__ import annotations

import argparse
import os
import sys

import streamlit as st

from base.console import write_error
from base.errors import DiagonalError, RequestError
from ui.log_text import log_text_only
from ui.page.streamlit_settings import settings_of
from ui.server import PAGES, exception_handlers, lifespan, middleware, open_browser_soon, routes
from ui.signin.clinic import read_clinic
from vision.backends.backend import MODEL_VARIABLE, MODELS

log_text_only()
app = st.App(
    PAGES,
    lifespan=lifespan,
    routes=routes(),
    middleware=middleware(),
    exception_handlers=exception_handlers(),
)


def main() -> int:
    """Start the coach and wait until it is stopped; the exit status."""
    parser = argparse.ArgumentParser(prog="app.py", description="The movement coach in your browser.")
    parser.add_argument("--port", type=int, default=8501, help="port on this computer (default 8501)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument(
        "--model", choices=MODELS, help="pose model: lite is faster, heavy more exact (default full)"
    )
    chosen = parser.parse_args()
    if chosen.model:
        os.environ[MODEL_VARIABLE] = chosen.model
    try:
        from ui.startup import check_settings, fetch_weights, free_port

        if not 1 <= chosen.port <= 65535:
            raise RequestError(f"--port {chosen.port}: expected 1 to 65535")
        port, clinic = free_port(chosen.port), read_clinic()
        check_settings()
        fetch_weights()
    except DiagonalError as error:
        write_error(str(error))
        return 2 if isinstance(error, RequestError) else 1
    url = f"http://localhost:{port}" if clinic is None else clinic.auth.redirect_uri.rsplit("/", 1)[0]
    sys.stdout.write(f"Diagonal runs at {url}  (stop it with Ctrl+C)\n")
    sys.stdout.flush()
    if not chosen.no_browser and clinic is None:
        open_browser_soon(url)
    sys.argv = sys.argv[:1]
    app.run(config={**settings_of(clinic), "server.port": port, "server.headless": True})
    return 0


if __name__ == "__main__":
    sys.exit(main())
