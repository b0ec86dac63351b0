"""Pages that are drawn from the code are as the code is now."""

import pytest

from tests import reference, stages


@pytest.mark.timeout(600)  # it plays some hundred disputes
def test_the_page_on_mediation_shows_the_rules_of_today() -> None:
    """Renew it with: python -m tests.stages."""
    page = stages.PAGE.read_text("utf-8")
    assert stages.drawn(page, stages.blocks()) == page, "stale: python -m tests.stages"


def test_the_reference_lists_the_code_of_today() -> None:
    """Renew it with: python -m tests.reference."""
    assert reference.PAGE.read_text("utf-8") == reference.page(), "stale: python -m tests.reference"
