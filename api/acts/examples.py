"""Examples that fit: for each act that is open to a caller, a body that the engine would accept unchanged.

It is the first example of the act's schema, with values from the dispute: its currency, its numbers, its open questions. If an
act can concede or pay something, the example concedes as little as possible.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.acts.registry import DECLARED
from api.http.relative import resolved
from domain.clocks import extensions
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.filing import key_questions
from domain.incidents import membership
from domain.incidents.incident_facts import Incident
from domain.kernel.base import Actor, Role, act_name
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.moves import TAKE_CASE, Move
from domain.policy.policy import Policy
from domain.remedies import inspection, reopening

_DAY = timedelta(days=1)
_AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Offered:
    """An act that is open to the caller, and everything that its example depends on."""

    move: Move
    dispute: Dispute
    policy: Policy
    actor: Actor
    now: datetime
    incident: Incident | None = None

    @property
    def commitment(self) -> Commitment:
        """The commitment that the act is about, or that its refund carries out."""
        promises = self.dispute.commitments.open.values()
        return next(c for c in promises if self.move.target in (c.id, c.refund_id))

    @property
    def side(self) -> Side | None:
        return Side(self.actor.role.value) if self.actor.role in (Role.BUYER, Role.SELLER) else None


def example(offered: Offered) -> dict[str, Any]:
    """A body that would be accepted now."""
    extra = DECLARED[act_name(offered.move.command)].form.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    examples: Any = extra["examples"]
    fit = _FITTING.get(offered.move.name)
    body: dict[str, Any] = resolved(
        {**examples[0], **(fit(offered) if fit else {})}, offered.now.replace(microsecond=0)
    )
    body.pop("file", None)  # a form may come without a file
    return body


def _written(money: Money) -> dict[str, str]:
    return {"amount": money.amount, "currency": money.currency}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _halves(whole: Money) -> tuple[Money, Money]:
    first, second = whole.split((1, 1))
    return first, second


def _awarded(offered: Offered) -> dict[str, Any]:
    buyer, seller = _halves(offered.dispute.in_dispute)
    return {"award": {"buyer": _written(buyer), "seller": _written(seller)}}


def _response(offered: Offered) -> dict[str, Any]:
    """Contests, because an example that concedes would bind a caller who tries it out."""
    ground = "exempt" if offered.dispute.contract_withdrawn else None
    return {"answer": "contest", "conceded": None, "ground": ground}


def _offer(offered: Offered) -> dict[str, Any]:
    return {"amount": _written(_halves(offered.dispute.in_dispute)[0])}


def _ruling(offered: Offered) -> dict[str, Any]:
    dispute, policy, now = offered.dispute, offered.policy, offered.now
    raised = dispute.pleadings.counterclaim is not None
    return {
        **_awarded(offered),
        "cites_exhibits": [number for number in dispute.exhibits.by if dispute.exhibits.citable(number, now)],
        "cites_shared": [*membership.citable(dispute, policy, offered.incident, now)],
        "cites_clauses": [*policy.clauses][:1],
        "addresses_inferences": sorted(dispute.evidence_requests.inferred),
        "counterclaim": {"granted": False} if raised else None,
    }


def _counterclaim(offered: Offered) -> dict[str, Any]:
    return {"amount": _written(_halves(offered.dispute.in_dispute)[0])}


def _answers(offered: Offered) -> dict[str, Any]:
    dispute, side = offered.dispute, offered.side
    assert side is not None
    first = key_questions.amendable(dispute, offered.policy, side)[0]
    return {"answers": [{"question": first, "answer": {"text": "As the pictures show.", "language": "en"}}]}


def _caucus(offered: Offered) -> dict[str, Any]:
    return {"side": (offered.side or Side.BUYER).value}


def _representative(offered: Offered) -> dict[str, Any]:
    known = offered.dispute.representation
    return {"side": (offered.side or Side.BUYER).value, "id": f"law-{len(known.acting) + len(known.ended) + 1}"}


def _promise(offered: Offered) -> dict[str, Any]:
    """A reply, because money or goods would cost a caller who tries it out."""
    by = offered.actor.role.value
    to = "buyer" if by != "buyer" else "seller"
    due_at = _instant(offered.now + _AHEAD)
    return {"kind": "reply", "owed_by": by, "owed_to": to, "amount": None, "due_at": due_at}


def _replacement(offered: Offered) -> dict[str, Any]:
    owed = offered.commitment
    return {
        "kind": owed.kind.value,
        "amount": _written(owed.amount) if owed.amount else None,
        "due_at": _instant(max(owed.due_at, offered.now) + _DAY),
    }


def _confirmation(offered: Offered) -> dict[str, Any]:
    owed = offered.commitment
    paid = _written(owed.amount) if owed.amount else None
    return {"provider_reference": _reference(offered), "paid": paid, "payout": None}


def _otherwise(offered: Offered) -> dict[str, Any]:
    return {"reference": _reference(offered), "payout": None}


def _reference(offered: Offered) -> str:
    """A different payment for each refund."""
    return f"pay-{str(offered.move.target)[:8]}"


def _goods_decision(offered: Offered) -> dict[str, Any]:
    handling = offered.dispute.goods
    assert handling is not None, "only what is at stake is decided"
    return {"to_buyer": _written(_halves(handling.at_stake)[0])}


def _sent(offered: Offered) -> dict[str, Any]:
    handling = offered.dispute.goods
    if handling is None or handling.step != "proof":
        return {}
    statement = {"text": "Shredded this morning; the picture shows it.", "language": "en"}
    return {"carrier": None, "number": None, "statement": statement}


def _inspection(offered: Offered) -> dict[str, Any]:
    """All that is awaited came damaged. There may be no photograph yet."""
    handling = offered.dispute.goods
    assert handling is not None, "only what is on its way is inspected"
    awaited = inspection.awaited_lines(offered.dispute, handling)
    came = [{"line": line, "quantity": much, "condition": "damaged", "exhibits": []} for line, much in awaited.items()]
    return {"lines": came}


def _code(offered: Offered) -> dict[str, Any]:
    """Valid for as long as its terms say, and a day more."""
    valid = offered.dispute.vouchers.get(offered.move.number or 0).voucher.valid_days
    return {"expires_at": _instant(offered.now + timedelta(days=valid or 0) + _DAY)}


def _stay(offered: Offered) -> dict[str, Any]:
    return {"until": _instant(offered.now + _AHEAD)}


def _extension(offered: Offered) -> dict[str, Any]:
    name = extensions.extendable(offered.dispute, offered.policy, offered.actor)[0]
    return {"name": name, "more": {"amount": 1, "unit": "hours"}}


def _reopening(offered: Offered) -> dict[str, Any]:
    """If the outcome cannot be overturned, the only possible ground is a refund that bounced."""
    dispute = offered.dispute
    if reopening.may_overturn(dispute):
        return {}
    bounced = reopening.paid_by_refund(dispute)[-1]
    reasons = {"text": "The account was closed; the bank sent it back.", "language": "en"}
    return {"ground": "bounced_refund", "commitment_id": str(bounced.id), "reasons": reasons}


def _somebody(_: Offered) -> dict[str, Any]:
    """None, because only the caller can choose from `GET /v1/mandates`. A neutral then takes the dispute, or it waits."""
    return {"neutral": None}


_FITTING: Mapping[str, Callable[[Offered], dict[str, Any]]] = {
    "respond": _response,
    "make_offer": _offer,
    "make_proposal": _awarded,
    "issue_ruling": _ruling,
    "raise_counterclaim": _counterclaim,
    "answer_key_questions": _answers,
    "post_in_caucus": _caucus,
    "name_representative": _representative,
    "make_commitment": _promise,
    "replace_commitment": _replacement,
    "confirm_refund": _confirmation,
    "settle_refund_otherwise": _otherwise,
    "decide_goods": _goods_decision,
    "send_goods": _sent,
    "inspect_goods": _inspection,
    "issue_voucher": _code,
    "order_stay": _stay,
    "extend_deadline": _extension,
    "record_reached": lambda offered: {"to": offered.commitment.owed_to.value},
    "deem_told": lambda offered: {"to": offered.commitment.owed_to.value},
    "reopen": _reopening,
    TAKE_CASE: _somebody,
    "reassign_neutral": _somebody,
}
