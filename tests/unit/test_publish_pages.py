"""Pages are filled by letting text pass a chart that must wait, and by nothing that would blur the argument."""

from __future__ import annotations

import pytest

from cityreach.publish import pages


def order(*blocks: tuple[str, float]) -> str:
    """The order of blocks named by their first letter and number: `f0` is the figure given first."""
    parts = [{"kind": kind, "level": 1, "breaks": False} for kind, _ in blocks]
    found = pages.filled(parts, [height for _, height in blocks])
    return " ".join(f"{blocks[index][0][0]}{index}" for index in found)


def test_what_fits_stays_in_order():
    assert order(("section", 12), ("prose", 30), ("figure", 90), ("table", 60)) == "s0 p1 f2 t3"


def test_a_case_moves_up_before_a_chart_that_must_wait():
    assert order(("prose", 150), ("figure", 110), ("case", 35), ("prose", 20)) == "p0 c2 p3 f1"


def test_a_table_may_pass_a_chart_but_no_chart_passes_a_chart():
    assert order(("prose", 150), ("figure", 110), ("table", 60)) == "p0 t2 f1"
    assert order(("prose", 150), ("figure", 110), ("figure", 60)) == "p0 f1 f2"
    assert order(("prose", 150), ("figure", 110), ("table", 200), ("table", 20)) == "p0 f1 t2 t3"


def test_a_text_stays_with_the_chart_it_leads_to():
    assert order(("prose", 150), ("figure", 110), ("prose", 20), ("table", 120)) == "p0 f1 p2 t3"


def test_nothing_leaves_its_section():
    assert order(("prose", 150), ("figure", 110), ("section", 12), ("case", 30)) == "p0 f1 s2 c3"
    assert order(("prose", 220), ("section", 12), ("prose", 30), ("case", 5)) == "p0 s1 p2 c3"


@pytest.mark.parametrize("height", [40.0, 110.0, 246.0, 300.0])
def test_every_block_is_set_once(height):
    blocks = [("section", 12), ("figure", height), ("case", 35), ("table", 60), ("prose", 30), ("note", 10)] * 5
    assert sorted(order(*blocks).split(), key=lambda name: int(name[1:])) == [
        f"{kind[0]}{index}" for index, (kind, _) in enumerate(blocks)
    ]
