"""Write the generated pages; `build` builds the site strictly, `screenshots` takes pictures."""

from __future__ import annotations

import argparse
import sys

from tests.docs import generated, site


def main() -> int:
    """Run what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.docs", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("write", "build", "screenshots"), default="write")
    what = parser.parse_args().what
    if what == "write":
        changed = generated.write()
        sys.stdout.write("".join(f"docs/{name}\n" for name in changed) or "Every page is up to date.\n")
        return 0
    if what == "build":
        problems = site.build()
        sys.stderr.write("".join(f"{problem}\n" for problem in problems))
        if not problems:
            sys.stdout.write(f"{site.SITE}/index.html\n")
        return 1 if problems else 0
    from tests.docs.screenshots import take

    sys.stdout.write("".join(f"{path}\n" for path in take()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
