"""`GET /problems/{code}` explains a refusal to somebody who did not write the rule.

Who adds a refusal writes it into the docstring of its class, in paragraphs that begin with "Why: ", "What to do: " and,
if the refusal has facts, "Example: ".
"""

import re

import pytest

from api.app import assemble
from api.http.explanations import Sections, explain
from api.http.problems import catalogue, title_of
from tests import today
from tests.api.house import House, done
from tests.domain import refusals
from tests.reference import facts_by_code

FILLER = re.compile(
    r"\b(forbidden|not allowed|not permitted|the rules? (of|in) the|against the rules|invalid|because of the rule)\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"`(GET|POST|PUT) ([^`?]+)[^`]*`")
SHORTEST = 40
"""Characters."""

CODES = sorted(catalogue())
FACTS = facts_by_code()


@pytest.fixture(scope="module")
def routes() -> frozenset[tuple[str, str]]:
    paths = assemble(today.now).openapi()["paths"]
    return frozenset((method.upper(), path) for path, item in paths.items() for method in item)


@pytest.mark.parametrize("code", CODES)
def test_it_says_why_and_what_to_do(code: str) -> None:
    kind = catalogue()[code]
    told = Sections.of(kind)
    for section in (told.why, told.to_do):
        assert section, 'the docstring needs a paragraph "Why: …" and one "What to do: …"'
        assert section.endswith(".")
        assert FILLER.search(section) is None
        assert section not in title_of(kind)
        assert title_of(kind).rstrip(".") not in section, "this repeats what happened"
    assert len(told.why) >= SHORTEST


def test_no_two_rules_have_the_same_reason() -> None:
    reasons = [Sections.of(kind).why for kind in catalogue().values()]
    assert len(reasons) == len(set(reasons))


@pytest.mark.parametrize("code", CODES)
def test_the_routes_that_it_names_exist(code: str, routes: frozenset[tuple[str, str]]) -> None:
    told = Sections.of(catalogue()[code])
    for method, path in ADDRESS.findall(" ".join((*told.happened, told.why, told.to_do))):
        assert (method, path) in routes or path in ("/docs", "/openapi.json")


@pytest.mark.parametrize("code", CODES)
def test_its_example_has_the_facts_of_a_real_one(code: str) -> None:
    """Of one that a law report saw. Where none did: facts that the code gives it."""
    facts = Sections.of(catalogue()[code]).facts.keys()
    shapes = [shape.partition(":")[2].replace("?", "").split() for shape in refusals.KNOWN.get(code, ())]
    if shapes:
        assert set(facts) in map(set, shapes), f'the docstring needs a paragraph "Example: {{…}}" with {shapes}'
    else:
        assert set(facts) <= FACTS.get(code, set()) | {"reason", "view", "parked", "found", "allowed"}


@pytest.mark.asyncio
async def test_a_program_gets_json_and_a_browser_gets_a_page(anew: House) -> None:
    told = done(await anew.http.get("/problems/ClaimExceedsHeld"))
    assert told["why"] == explain("ClaimExceedsHeld").why
    example = {name: told["example"][name] for name in ("type", "status", "code", "pointer", "facts")}
    assert example == {
        "type": "/problems/ClaimExceedsHeld",
        "status": 422,
        "code": "ClaimExceedsHeld",
        "pointer": "/claim/amount",
        "facts": {"amount": told["example"]["facts"]["amount"], "held": told["example"]["facts"]["held"]},
    }
    page = await anew.http.get("/problems/ClaimExceedsHeld", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "Where money is held in escrow, only that money can be divided." in page.text
    assert "<code>held</code>" in page.text
    assert page.headers["Vary"] == "Accept"
