"""`mediation reconcile`: compares the ledger with the payment provider's own list, now."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.types import NonNegativeInt, PositiveInt
from rich.table import Table

from api.cli.terminal import Failed, existing, out, run
from api.marketplace.reconciler import SETTLES, WINDOW, Compared, LedgerBehind
from api.services import services
from domain.payments.reconciliation_facts import Difference
from mediation.gateways.payments import NoAnswer

_MINUTE = timedelta(minutes=1)


def reconcile(
    *marketplaces: str,
    days: PositiveInt = WINDOW.days,
    settled_minutes: NonNegativeInt = SETTLES // _MINUTE,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """Compares the ledger with the provider's own list.

    Parameters
    ----------
    marketplaces
        The marketplaces to compare; without a name, all whose payment gateway is set and has a list.
    days
        How many days back.
    settled_minutes
        What moved within the last so many minutes is left for the next comparison. 0 compares everything, for example with
        the sandbox provider.
    as_json
        One line of JSON for each difference.
    """
    found = run(_compare(marketplaces, days, settled_minutes))
    for compared in found:
        for one in compared.differences if as_json else ():
            print(json.dumps({"marketplace": compared.marketplace, **_told(one)}))
        if not as_json:
            _print(compared, settled_minutes)
    if any(compared.differences for compared in found):
        raise SystemExit(1)


async def _compare(marketplaces: tuple[str, ...], days: int, minutes: int) -> list[Compared]:
    async with services(existing("postgres"), works=False) as running:
        known = running.reconciler.marketplaces
        if strange := set(marketplaces) - set(known):
            raise Failed(f"no payment gateway with a list of its own is set for {', '.join(sorted(strange))}")
        if not known:
            raise Failed("no payment gateway with a list of its own is set (MEDIATION_GATEWAYS)")
        since = datetime.now(UTC) - timedelta(days=days)
        try:
            compare, settles = running.reconciler.compare, minutes * _MINUTE
            return [await compare(name, since=since, settles=settles) for name in marketplaces or known]
        except NoAnswer as error:
            raise Failed(f"the payment provider does not answer: {error}") from None
        except LedgerBehind:
            raise Failed("the refund ledger is behind: is `mediation serve` running? See `mediation views`") from None


def _print(compared: Compared, minutes: int) -> None:
    told = f"{compared.refunds:,} refunds here, {compared.payments:,} payments at {compared.gateway}"
    but = f" (but for what has moved in the last {minutes} minutes)" if minutes else ""
    if not compared.differences:
        out.print(f"[bold]{compared.marketplace}[/]: {told}; no difference{but}")
        return
    out.print(f"[bold]{compared.marketplace}[/]: {told}; [bold red]{len(compared.differences)}[/] differ")
    table = Table("what", "refund", "payment", "ledger", "provider", box=None, pad_edge=False, header_style="dim")
    for one in compared.differences:
        ours = f"{one.ours} {one.our_status}" if one.ours else "-"
        theirs = f"{one.theirs} {one.their_status}" if one.theirs else "-"
        table.add_row(one.what, str(one.refund_id or "-"), one.reference or "-", ours, theirs)
    out.print(table)


def _told(one: Difference) -> dict[str, Any]:
    return one.model_dump(mode="json", exclude={"subject", "payment_key"})
