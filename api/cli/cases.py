"""`mediation cases FILE`: replays real cases through the API and compares them with the published outcome."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from api.app import create_app
from api.cli.client import Api, in_process, over_network
from api.cli.importing import Token, refusal
from api.cli.sending import sent
from api.cli.terminal import Failed, err, out, progress, run, settings, time_zone
from api.cli.token import staff
from api.imports.import_schemas import LineResult
from api.imports.ledger import BadLedger, PastCase, in_words, read
from api.imports.past_cases import POLICY, Replayed, acts, differences, for_party, mandate, replayed
from api.own_postgres import database
from api.services import services
from domain.kernel.base import Role
from domain.kernel.people import Side

_TOKEN_LIFE = timedelta(hours=1)


def cases(
    file: Path,
    /,
    *,
    zone: str,
    marketplace: str = "bisq",
    url: Annotated[str | None, Parameter(env_var="MEDIATION_URL")] = None,
    token: Token = None,
) -> None:
    """Replays real cases beside what was published about them.

    Parameters
    ----------
    file
        A ledger: a CSV file, one case a line. Its times are local and carry no zone.
    zone
        The time zone of its times, such as Europe/Berlin.
    marketplace
        The marketplace for the cases, if no server is named.
    url
        A running server, with an administrator's token. Without it the API runs in this process, on the same data.
    """
    try:
        past = read(file, time_zone(zone))
    except BadLedger as error:
        raise Failed(f"{file}: {error}") from None
    except OSError as error:
        raise Failed(f"cannot read {file}: {error.strerror}") from None
    if url is not None and token is None:
        raise Failed("a server needs an administrator's token: --token, or MEDIATION_TOKEN")
    came = run(_replayed(past, zone, marketplace, url, token))
    out.print(_table(past, came))
    wrong = [case for case in past if differences(case, came[case.case])]
    counted = f"{len(past)} case{'' if len(past) == 1 else 's'}"
    out.print(f"{counted}, {len(past) - len(wrong)} as published, {len(wrong)} that differ.")
    if any(came[case.case].refused for case in wrong):
        err.print("A case that is on record stays as it is. To play it otherwise, keep it in another --marketplace.")
    if wrong:
        raise SystemExit(1)


async def _replayed(
    past: list[PastCase], zone: str, marketplace: str, url: str | None, token: str | None
) -> dict[str, Replayed]:
    async with _api(marketplace, url, token) as api:
        await api.post("/v1/policies", POLICY)
        known = (await api.post("/v1/mandates", mandate(past)))["position"]
        results = await _imported(api, past, zone)
        return {case.case: await _came(api, case, results[case.case], known) for case in past}


@asynccontextmanager
async def _api(marketplace: str, url: str | None, token: str | None) -> AsyncIterator[Api]:
    if url is not None and token is not None:
        async with over_network(url, token) as api:
            yield api
        return
    chosen = settings()
    async with AsyncExitStack() as stack:
        conninfo = await stack.enter_async_context(database(chosen, own=False))
        running = await stack.enter_async_context(services(chosen.model_copy(update={"database_url": conninfo})))
        who = staff(running.blind, marketplace, Role.ADMINISTRATOR)
        own = running.tokens.mint(subject=who, role=Role.ADMINISTRATOR, marketplace=marketplace, life=_TOKEN_LIFE)
        yield await stack.enter_async_context(in_process(create_app(running, log_requests=False), own))


async def _imported(api: Api, past: list[PastCase], zone: str) -> dict[str, list[LineResult]]:
    """For each case, the result of each of its lines."""
    lines = [act for case in past for act in acts(case, zone)]
    told: dict[str, list[LineResult]] = {case.case: [] for case in past}
    with progress() as bars:
        bar = bars.add_task("acts", total=len(lines))
        numbered = (
            (number, act.model_dump_json(exclude_none=True).encode()) for number, act in enumerate(lines, start=1)
        )
        async for result in sent(api, numbered):
            bars.advance(bar)
            told[lines[result.line - 1].case].append(result)
            if result.status == "refused":
                bars.console.print(refusal(result), soft_wrap=True)
    return told


async def _came(api: Api, past: PastCase, results: list[LineResult], known: str) -> Replayed:
    """What the API now says of a case, once its views show everything stored."""
    refused = next((result for result in results if result.status == "refused"), None)
    dispute = next((str(result.dispute_id) for result in results if result.dispute_id), None)
    if dispute is None or (refused is not None and refused is results[0]):
        return replayed(past, None, [], 0, refused)
    at_least = next((result.position for result in reversed(results) if result.position), known)
    case_file = await api.get(f"/v1/disputes/{dispute}", at_least=at_least)
    refunds = await api.get("/v1/refunds", at_least=at_least, dispute_id=dispute)
    owed = await api.get("/v1/commitments", at_least=at_least, dispute_id=dispute, status="open")
    return replayed(past, case_file, refunds["items"], len(owed["items"]), refused)


# --- the table ---


def _table(past: list[PastCase], came: dict[str, Replayed]) -> Table:
    table = Table()
    for column in ("Case", "", "Duration"):
        table.add_column(column)
    for column in ("To buyer", "To seller", "Both", "Owed"):
        table.add_column(column, justify="right")
    table.add_column("For")
    table.add_column("Verdict")
    for case in past:
        outcome_, found = came[case.case], differences(case, came[case.case])
        table.add_row(*_engine(case, outcome_), _verdict(found))
        table.add_row(*_ledger(case), "", style="dim", end_section=True)
    return table


def _engine(past: PastCase, came: Replayed) -> list[Text | str]:
    took = in_words(came.took) if came.took is not None else "not closed"
    paid = [_judged(came.paid[side].amount, came.paid[side] == past.paid_to(side)) for side in Side]
    both = _judged(came.total.amount, came.total == past.in_escrow)
    whose = for_party(past, came.paid)
    owed = _judged(str(came.owed), came.owed == 0)
    return [Text(past.case), "engine", took, *paid, both, owed, str(whose or "neither")]


def _ledger(past: PastCase) -> list[str]:
    held = f"{past.in_escrow.amount} held"
    return [
        "",
        "ledger",
        in_words(past.duration),
        past.paid_to_buyer.amount,
        past.paid_to_seller.amount,
        held,
        "",
        past.for_party,
    ]


def _verdict(found: list[str]) -> Text:
    return Text("; ".join(found), "red") if found else Text("as published", "green")


def _judged(text: str, right: bool) -> Text:
    return Text(text, "" if right else "red")
