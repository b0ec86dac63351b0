"""Ways in which a dispute may have begun. Chance alone rarely reaches the interesting states."""

from collections.abc import Mapping

from domain.kernel.money import Money
from tests.domain.law.acts import Act, money
from tests.domain.law.cast import Person, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import Filing

OPENINGS = (
    "fresh", "offers on the table", "money promised", "mediation", "mediation without an answer", "adjudication",
    "adjudication with an offer", "by machine", "conceded", "refund failed", "ruled", "silent", "set aside",
)  # fmt: skip


def opening(name: str, filing: Filing, owed: int = 1) -> tuple[Act, ...]:
    """Acts three days after filing, when escalation is open under every policy of the state machine; or no acts, for
    long enough.

    `owed` is the number of the first commitment that they make.
    """
    claimant, respondent = (buyer, seller) if filing.claimant == "buyer" else (seller, buyer)
    claimed = money(filing.claim)
    half = str(Money(claimed.minor // 2, claimed.currency))
    to_the_neutral = (claimant.escalates(), neutral.takes_case())
    conceded = _conceded(filing, respondent)
    failed = (engine.instructs_refund(owed), marketplace.fails_refund(owed)) if _refunded(filing) else ()
    openings: Mapping[str, tuple[Act, ...]] = {
        "fresh": (),
        "by machine": (),
        "offers on the table": (claimant.offers(str(claimed)), respondent.offers(half)),
        "money promised": _promised(filing, owed),
        "mediation": (respondent.contests(), *to_the_neutral),
        "mediation without an answer": to_the_neutral,
        "adjudication": (respondent.contests(), *to_the_neutral, neutral.declares_impasse()),
        "adjudication with an offer": (respondent.offers(half), *to_the_neutral, neutral.declares_impasse()),
        "conceded": conceded,
        "refund failed": (*conceded, *failed),
        "ruled": (respondent.contests(), *to_the_neutral, neutral.declares_impasse(), _ruling(filing)),
        "silent": (engine.ticks(),),
        "set aside": (engine.ticks(), *_heard_after_all(filing, respondent)),
    }
    return openings[name]


def opening_at_once(name: str, filing: Filing) -> tuple[Act, ...]:
    """The opening of a claim that was granted at filing: the money is paid, and somebody disagrees."""
    held = [money(sum_) for sum_ in filing.held]
    owed = (1, 2) if held and sum(held[1:], start=held[0]) > money(filing.claim) else (1,)
    paid = tuple(act for n in owed for act in (engine.instructs_refund(n), marketplace.confirms_refund(n)))
    heard = (*paid, seller.contests(), neutral.takes_case())
    openings: Mapping[str, tuple[Act, ...]] = {
        "fresh": (),
        "money promised": paid,
        "mediation": heard,
        "adjudication": (*heard, neutral.declares_impasse()),
        "conceded": (*paid, *_conceded(filing, seller)),
        "refund failed": (engine.instructs_refund(1), marketplace.fails_refund(1)),
        "ruled": (*heard, neutral.declares_impasse(), _ruling(filing)),
        "silent": (*paid, engine.ticks()),
    }
    return openings.get(name, (seller.contests(),))


def opening_withdrawn(name: str, filing: Filing) -> tuple[Act, ...]:
    """The opening of a claim by which the buyer withdrew from the contract."""
    heard = (seller.contests("exempt"), neutral.takes_case())
    goods = (buyer.sends_goods(1),) if filing.delivered_days_ago is not None or filing.tracking == "delivered" else ()
    openings: Mapping[str, tuple[Act, ...]] = {
        "fresh": (),
        "money promised": goods,
        "mediation": heard,
        "adjudication": (*heard, neutral.declares_impasse()),
        "conceded": (*goods, seller.concedes()),
        "refund failed": (*goods, *heard),
        "ruled": (*heard, neutral.declares_impasse(), _ruling(filing)),
        "silent": (engine.ticks(),),
    }
    return openings.get(name, ())


def _promised(filing: Filing, owed: int) -> tuple[Act, ...]:
    """All that nobody claims: nothing out of escrow, and all that was paid if the seller claims a payment into the
    order."""
    if filing.held:
        return ()
    paid = money(filing.paid)
    free = paid - money(filing.claim) if filing.claimant == "buyer" else paid
    if free.is_zero:
        return ()
    return seller.promises("refund", "buyer", str(free)), engine.instructs_refund(owed)


def _conceded(filing: Filing, respondent: Person) -> tuple[Act, ...]:
    claimed = money(filing.claim)
    part = Money(max(1, claimed.minor // 3), claimed.currency)
    return (respondent.concedes(str(part) if part < claimed else None),)


def _refunded(filing: Filing) -> bool:
    return bool(filing.held) or filing.claimant == "buyer"


def _ruling(filing: Filing) -> Act:
    """Something to each side, if there is enough to divide. Above a small mandate it awaits a co-signature."""
    held = [money(sum_) for sum_ in filing.held]
    in_dispute = sum(held[1:], start=held[0]) if held else money(filing.claim)
    part = Money(in_dispute.minor // 2, in_dispute.currency)
    return neutral.rules(str(part), str(in_dispute - part))


def _heard_after_all(filing: Filing, respondent: Person) -> tuple[Act, ...]:
    """For claims that silence grants: not a seller's, not against the record, and not in a past case."""
    delivered = filing.tracking == "delivered" or filing.delivered_days_ago is not None
    contradicted = filing.reason == "item_not_received" and delivered
    if filing.claimant == "seller" or contradicted or filing.imported:
        return ()
    return respondent.asks_to_set_aside(), supervisor.sets_aside()
