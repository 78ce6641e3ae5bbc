"""Kernel processes that are started before anything else is imported, and wait until a notebook is to be run.

A kernel needs longest of all to be ready, so it starts with the command itself; what the command needs is imported
beside it. Nothing slow is imported here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from cityreach import paths
from cityreach.blocks import DRAW_LATER

# What the notebook of a command imports.
PACKAGES = {
    "report": "cityreach.monthly",
    "quality": "cityreach.quality",
    "check-method": "cityreach.methodcheck",
    "dossier": "cityreach.dossier",
    "annual": "cityreach.annual",
}
_waiting: dict[str, subprocess.Popen[str]] = {}


def foresee(arguments: Sequence[str]) -> None:
    """Start the kernel of the command that these arguments ask for, where it needs one."""
    if len(arguments) > 1 and arguments[0] in PACKAGES and "--help" not in arguments:
        package = PACKAGES[arguments[0]]
        _waiting[package] = _started(package)


def take(package: str) -> subprocess.Popen[str]:
    """The process that waits with this package, or a new one; FileNotFoundError where Python itself is gone."""
    return _waiting.pop(package, None) or _started(package)


def tell(process: subprocess.Popen[str], arguments: Sequence[str]) -> None:
    """Let a process that waits become a kernel with these arguments; one that has died is noticed by who calls it."""
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin as words:
        words.write(json.dumps(arguments) + "\n")


def stop() -> None:
    """End the processes that nobody took."""
    for process in _waiting.values():
        process.kill()
        process.communicate()
    _waiting.clear()


def _started(package: str) -> subprocess.Popen[str]:
    profile = paths.store(".ipython")  # not the user's own: a start-up script there would run in every report
    profile.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {DRAW_LATER: "1", "IPYTHONDIR": str(profile)}
    if os.name == "posix":
        environment["JPY_PARENT_PID"] = str(os.getpid())  # the kernel ends when this process has ended
    command = [sys.executable, "-P", "-m", "cityreach.publish.kernel_process", package]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, text=True, cwd=paths.root(), env=environment, start_new_session=True
    )
