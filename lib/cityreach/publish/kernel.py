"""A kernel that starts at once, while the exports are still being checked, and imports what its notebook will need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cityreach.errors import ReportError
from cityreach.publish import startup, waiting

START_TIMEOUT = 120


@contextmanager
def warm_kernel(package: str) -> Iterator[Any]:
    """A running kernel manager whose kernel imports `package` as it starts; it is shut down in the end.

    The kernel is as isolated as any: it serves one notebook and holds nothing but imported modules before that.
    """
    startup.skip_formats()
    startup.quiet_kernels()
    startup.relax_collector()
    manager = _manager(package)
    try:
        manager.start_kernel()
        yield manager
    except FileNotFoundError as error:
        raise ReportError(
            f"The notebook kernel cannot start ({error.strerror}). Run `make clean` and try again."
        ) from None
    finally:
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def _manager(package: str) -> Any:
    """A kernel manager whose kernel is a process of `waiting`; made here because jupyter_client is slow to import.

    What it does without: to look through the user's kernels and every installed package for ways to start one.
    """
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import KernelManager
    from jupyter_client.provisioning import LocalProvisioner

    class Spec(KernelSpecManager):
        def get_kernel_spec(self, kernel_name: str) -> Any:
            return KernelSpec(argv=["-f", "{connection_file}"], language="python", display_name="Python 3")

    class Provisioner(LocalProvisioner):
        """Tells the process that waits where to connect."""

        async def pre_launch(self, **_: Any) -> dict[str, Any]:
            owner: Any = self.parent
            owner.write_connection_file()
            self.connection_info = owner.get_connection_info()
            return {"cmd": owner.format_kernel_cmd()}

        async def launch_kernel(self, cmd: list[str], **_: Any) -> Any:
            self.process = waiting.take(package)
            self.pid = self.process.pid
            waiting.tell(self.process, cmd)
            return self.connection_info

    manager = KernelManager(kernel_name="python3", kernel_spec_manager=Spec())
    manager.provisioner = Provisioner(parent=manager, kernel_spec=manager.kernel_spec)
    # A blocking client would wait for ever for the words of a kernel that has died.
    manager.client_class = "jupyter_client.asynchronous.AsyncKernelClient"
    return manager
