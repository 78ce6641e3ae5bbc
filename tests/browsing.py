"""A headless Chromium that tests talk to over its debugging pipe: no port, no driver, nothing from the network."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update",
    "--disable-background-networking", "--disable-sync", "--disable-extensions", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
)  # fmt: skip
NOISY = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
PATIENCE = 60.0  # seconds that any single answer may take


def program() -> str | None:
    """The browser's program; None where there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """One tab. `said` is what the console said since the last `open`, `asked` the addresses asked for."""

    def __init__(self, profile: Path) -> None:
        mine_in, its_out = os.pipe()
        its_in, mine_out = os.pipe()
        command = [str(program()), *FLAGS, f"--user-data-dir={profile}", "about:blank"]

        def connect() -> None:
            """The browser reads commands from descriptor 3 and answers on 4."""
            given = os.dup(its_in), os.dup(its_out)
            for descriptor, target in zip(given, (3, 4), strict=True):
                os.dup2(descriptor, target)

        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, preexec_fn=connect, close_fds=False, stdout=quiet, stderr=quiet)
        os.close(its_in)
        os.close(its_out)
        self._in, self._out, self._left, self._count, self._session = mine_in, mine_out, b"", 0, ""
        self.said: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self._events: list[str] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def close(self) -> None:
        """End the browser."""
        with contextlib.suppress(OSError, EOFError):
            self._session = ""
            self.ask("Browser.close")
        self._process.wait(timeout=20)
        os.close(self._in)
        os.close(self._out)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command and its answer."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return dict(answer["result"])

    def open(self, page: Path, width: int, height: int = 900, *, scripts: bool = True) -> None:
        """Load the page in a window of that size, and wait until it has loaded."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.said, self.asked, self._events = [], [], []
        self.ask("Page.navigate", url=page.as_uri())
        while "Page.loadEventFired" not in self._events:
            self._next()

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page; a promise is waited for."""
        told = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def until(self, expression: str, *, seconds: float = 20.0) -> bool:
        """Whether the expression comes to hold within that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.value(expression):
                return True
            time.sleep(0.1)
        return False

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._in], [], [], PATIENCE)
            piece = os.read(self._in, 1 << 20) if ready else b""
            if not piece:
                raise EOFError("the browser gave no answer")
            self._left += piece
        message, _, self._left = self._left.partition(b"\0")
        told = json.loads(message)
        self._note(told)
        return dict(told)

    def _note(self, told: dict[str, Any]) -> None:
        method = told.get("method", "")
        self._events.append(method)
        if method in NOISY:
            self.said.append(told["params"])
        if method == "Network.requestWillBeSent":
            self.asked.append(told["params"]["request"]["url"])
