"""Parts of a page that run again without the rest of it, as long as the page is signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from ui.page.current_user import signed_in
from ui.widgets.text_only import st

P = ParamSpec("P")


def fragment(part: Callable[P, None]) -> Callable[P, None]:
    """Make a function a fragment. Once the sign-in has ended, the whole page runs again in its place."""
    return st.fragment(_while_signed_in(part))


def fragment_every(seconds: float) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a function a fragment that also runs by itself, every so many seconds."""
    return lambda part: st.fragment(_while_signed_in(part), run_every=seconds)


def _while_signed_in(part: Callable[P, None]) -> Callable[P, None]:
    @wraps(part)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        if not signed_in():
            st.rerun()
        part(*args, **kwargs)

    return run
