"""The command's entry: the kernel of a report starts first, then all the rest is imported beside it."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line (`cityreach.cli`)."""
    from cityreach.publish import waiting

    try:
        waiting.foresee(sys.argv[1:])
        from cityreach import cli

        cli.main()
    finally:
        waiting.stop()
