"""A kernel that starts at once, while the exports are still being checked, and imports what its notebook will need."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cityreach import paths
from cityreach.blocks import DRAW_LATER
from cityreach.errors import ReportError
from cityreach.publish import startup

START_TIMEOUT = 120


@contextmanager
def warm_kernel(package: str) -> Iterator[Any]:
    """A running kernel manager whose kernel imports `package` as it starts; it is shut down in the end.

    The kernel is as isolated as any: it serves one notebook and holds nothing but imported modules before that.
    """
    startup.skip_formats()
    startup.quiet_kernels()
    startup.relax_collector()
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    # A blocking client would wait for ever for the words of a kernel that has died.
    manager.client_class = "jupyter_client.asynchronous.AsyncKernelClient"
    arguments = [
        f"--IPKernelApp.exec_lines={startup.KERNEL_LINE}; import {package}",
        "--IPKernelApp.log_level=50",  # a plain local kernel warns about its unencrypted transport at every start
        "--InteractiveShell.colors=nocolor",
        "--HistoryManager.enabled=False",  # nobody asks this kernel what was typed before
    ]
    try:
        profile = paths.store(".ipython")  # not the user's own: a start-up script there would run in every report
        profile.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {DRAW_LATER: "1", "IPYTHONDIR": str(profile)}
        manager.start_kernel(extra_arguments=arguments, cwd=str(paths.root()), env=environment)
        yield manager
    except FileNotFoundError as error:
        raise ReportError(
            f"The notebook kernel cannot start ({error.strerror}). Run `make clean` and try again."
        ) from None
    finally:
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
