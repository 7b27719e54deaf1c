"""Start the installed program: `diagonal app` serves the pages, all other words are commands of cli.py.

In a wheel the whole tree lies inside the package `diagonal`; its modules import each other as in a checkout.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = "app"


def main() -> None:
    """Run app.py for `diagonal app`, cli.py for anything else; ends with their exit status."""
    sys.path.insert(0, str(ROOT))
    arguments = sys.argv[1:]
    program = PAGES if arguments[:1] == [PAGES] else "cli"
    if program == PAGES:
        del sys.argv[1]
    sys.argv[0] = str(ROOT / f"{program}.py")
    runpy.run_path(sys.argv[0], run_name="__main__")
