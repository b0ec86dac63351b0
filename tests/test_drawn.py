"""The generated pages match the code."""

import pytest

from tests import reference, stages


@pytest.mark.timeout(600)  # it plays some hundred disputes
def test_the_page_on_stages_shows_the_rules_of_today() -> None:
    """Write it again with: python -m tests.stages."""
    page = stages.PAGE.read_text("utf-8")
    assert stages.drawn(page, stages.blocks()) == page, "stale: python -m tests.stages"


def test_the_reference_lists_the_code_of_today() -> None:
    """Write it again with: python -m tests.reference."""
    assert reference.stored() == reference.pages(), "stale: python -m tests.reference"
