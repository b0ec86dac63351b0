"""axe-core, which finds faults of accessibility in a page as it is shown: contrast, names, headings, landmarks, languages."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

_SCRIPT = Path(__file__).parent / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""WCAG 2.2 at level AA, which holds the older ones, and what axe recommends beyond it."""

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that depend on the colour scheme."""


@cache
def _script() -> str:
    return _SCRIPT.read_text("utf-8")


async def faults(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """The faults of the page, each with its rule, its elements and what to do. Empty is good. `rules` are names of rules, or
    tags that many rules have.

    The browser is told the script by the protocol of its debugger, so the page's Content Security Policy stays in force.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_script())
    found: list[dict[str, Any]] = await page.evaluate(
        "async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations",
        list(rules),
    )
    return [_in_words(fault) for fault in found]


def _in_words(fault: dict[str, Any]) -> str:
    lines = [f"{fault['id']} ({fault['impact']}): {fault['help']}"]
    for node in fault["nodes"]:
        lines.append(f"  {' '.join(map(str, node['target']))}  {node['html'][:200]}")
        lines += [f"    {line.strip()}" for line in node["failureSummary"].splitlines()]
    return "\n".join(lines)
