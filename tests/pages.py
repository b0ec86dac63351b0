"""The programs and commands on the pages of the documentation."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
BACKEND = ROOT / "docs" / "how-to" / "backend"


def blocks(page: Path, language: str) -> str:
    """The blocks of a page in one language, one after the other."""
    found = re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found, page
    return "\n".join(found)
