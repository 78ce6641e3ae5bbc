"""The process of a notebook's kernel: it imports what the notebook needs, then waits to be told where to connect.

It is this module run as a script with the package to import. One line of its input holds the kernel's arguments as
JSON; where the input ends without one, nobody needs the kernel.
"""

from __future__ import annotations

import importlib
import json
import sys

from cityreach.publish import startup

QUIET = (
    "--IPKernelApp.log_level=50",  # a plain local kernel warns about its unencrypted transport at every start
    "--InteractiveShell.colors=nocolor",
    "--HistoryManager.enabled=False",  # nobody asks this kernel what was typed before
)


def main() -> None:
    """Become the kernel."""
    startup.relax_collector()
    startup.skip_formats()
    startup.skip("debugpy")  # nobody stops in a cell
    from ipykernel.kernelapp import IPKernelApp

    importlib.import_module(sys.argv[1])
    told = sys.stdin.readline()
    if told:
        IPKernelApp.launch_instance([*json.loads(told), *QUIET])


if __name__ == "__main__":
    main()
