"""How tests use the weight explorer of a page: set its sliders, read what it shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.browsing import Browser

KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "PageUp": 33, "Home": 36, "End": 35, "Tab": 9, "Enter": 13, " ": 32}
SET = """
%s.forEach(function (weight, at) {
  var slider = document.querySelectorAll('.explorer input[type=range]')[at];
  slider.value = weight;
  slider.dispatchEvent(new Event('input', {bubbles: true}));
})
"""
ROWS = """
Array.from(document.querySelectorAll('.explorer tbody tr')).filter(function (row) {
  return row.getBoundingClientRect().height > 0;
}).map(function (row) { return Array.from(row.cells, function (cell) { return cell.textContent; }); })
"""
TEXTS = "Array.from(document.querySelectorAll('.explorer div.line %s'), function (each) { return each.textContent; })"


def set_weights(browser: Browser, weights: Sequence[float]) -> None:
    browser.value(SET % json.dumps(list(weights)))


def rows(browser: Browser) -> list[list[str]]:
    """The cells of every row that can be seen."""
    return list(browser.value(ROWS))


def weights(browser: Browser) -> list[str]:
    return list(browser.value(TEXTS % ".own"))


def shares(browser: Browser) -> list[str]:
    return list(browser.value(TEXTS % ".share"))


def state(browser: Browser) -> str:
    """The sentence beside the ranking, once it has settled."""
    browser.value("new Promise(function (done) { setTimeout(done, 400); })")
    return str(browser.value("document.querySelector('.explorer .state').textContent"))


def click(browser: Browser, selector: str) -> None:
    browser.value(f"document.querySelector({'.explorer ' + selector!r}).click()")


def find(browser: Browser, word: str) -> None:
    """Type a word into the search box."""
    box = "document.querySelector('.explorer input[type=search]')"
    browser.value(f"{box}.value = {word!r}; {box}.dispatchEvent(new Event('input', {{bubbles: true}}))")


def press(browser: Browser, key: str) -> None:
    code: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
    text = {"Enter": "\r", " ": " "}.get(key)
    browser.ask("Input.dispatchKeyEvent", type="keyDown", **code, **({"text": text} if text else {}))
    browser.ask("Input.dispatchKeyEvent", type="keyUp", **code)


def focused(browser: Browser) -> str:
    """What has the focus: its id, else its class."""
    return str(browser.value("document.activeElement.id || document.activeElement.className"))
