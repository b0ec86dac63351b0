"""A supervisor's morning: forty disputes and five past cases, counted by hand.

The numbers here follow from the rules in docs/explanation/commitments.md, act by act. No code of the views made them.
Lists with every filter, totals, punctuality, case files and the list of disputes have to agree with them.
"""

from collections import Counter
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.api.house import PLAYGROUND, House, done, euros
from tests.api.mornings import Morning, begun, first_day, past_cases, second_day
from tests.harness.days.scripts import Night, backend, mediator, queue, supervisor

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEPT = 26 + 12 + 2 + 3 + 1 + 2
"""On the first day: 26 cases assigned, 12 looked at, two rulings, three refunds. On the second: one that had no neutral any
more assigned, two looked at."""

OF_SUPERVISOR = 13 * 4 + (2 + 4 + 5) + 1 + 1 + 1 + (2 + 5)
"""13 cases without a neutral: a first act, its review, an assignment, a ruling. A review of each ruling that is overdue. A
challenge, a co-signature, a refund that bounced. An assignment where the negotiation ended without a settlement."""

OF_NEUTRALS = 2 + 4 + 5
"""The rulings of Dora, Carla and Bruno."""

OF_SELLERS = (4 + 1) + 1
"""Four conceded refunds, one by a ruling that became final, and one parcel."""

OF_MARKETPLACE = 5 + 1
"""To enforce each of these."""

OVERDUE = OF_SUPERVISOR + OF_NEUTRALS + OF_SELLERS + OF_MARKETPLACE
ENDED = {"kept": KEPT, "kept_late": 1, "waived": 1, "replaced": 3, "discharged": 3}
"""Kept late: the call. Waived: a parcel. Replaced: a first act and two rulings, as Dora took over. Discharged: the reviews
of this first act and of the call, and the decision about the parcel."""

PAST = {"overdue": 2, "waived": 2, "replaced": 1, "pending": 1}
ALL = Counter(ENDED) + Counter(PAST) + Counter(overdue=OVERDUE)


async def sixty_days(house: House) -> Morning:
    play = await begun(house)
    await past_cases(play)
    await first_day(play)
    await play.settles(overdue=2)
    await play.turns_to(play.began + timedelta(hours=24, minutes=10))
    # fourteen first acts, two parcels and the call are overdue, and two promises of past cases
    await play.settles(overdue=14 + 2 + 1 + 2)
    await second_day(play)
    await play.turns_to(play.began + timedelta(days=60))
    await play.settles(overdue=OVERDUE + PAST["overdue"], pending=PAST["pending"])
    return play


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def morning(at_home: House) -> Morning:
    return await sixty_days(at_home)


async def test_totals(morning: Morning) -> None:
    async def told(**query: str) -> dict[tuple[str, str | None], tuple[int, object]]:
        page = done(await morning.by("supervisor").get("/v1/commitments/totals", params=query))
        return {(one["status"], one["currency"]): (one["count"], one["amount"]) for one in page["items"]}

    refunds: dict[tuple[str, str | None], tuple[int, object]] = {
        ("overdue", "EUR"): (5, euros("579.60")),
        ("kept", "EUR"): (3, euros("389.70")),
    }
    bare = Counter(ALL) - Counter(overdue=5, kept=3)
    others: dict[tuple[str, str | None], tuple[int, object]] = {(status, None): (n, None) for status, n in bare.items()}
    assert await told() == others | refunds
    assert await told(kind="refund", owed_by="seller", owed_to="buyer") == refunds
    assert await told(owed_by="neutral") == {
        ("kept", None): (12 + 2 + 2, None), ("kept_late", None): (1, None), ("overdue", None): (OF_NEUTRALS, None),
        ("replaced", None): (1, None),  # the ruling of the case that was taken from Anna
    }  # fmt: skip
    assert await told(**{"class": "remedy"}) == refunds | {("overdue", None): (1, None), ("waived", None): (1, None)}


async def test_lists_with_every_filter(morning: Morning) -> None:
    rows = await morning.listed(status="all")
    assert Counter(row["status"] for row in rows) == ALL
    assert len({row["id"] for row in rows}) == len(rows)
    assert [row["due_at"] for row in rows] == sorted(row["due_at"] for row in rows)

    async def number(**query: str) -> int:
        return len(await morning.listed(**query))

    overdue = {"status": "overdue"}
    for owed_by, mine in (
        ("supervisor", OF_SUPERVISOR), ("neutral", OF_NEUTRALS), ("seller", OF_SELLERS + 2), ("marketplace", OF_MARKETPLACE),
        ("buyer", 0),
    ):  # fmt: skip
        assert await number(owed_by=owed_by, **overdue) == mine, owed_by
    for kind, mine in (
        # 13 first acts and their reviews, eleven reviews of rulings
        ("review", 13 + 13 + 11), ("assign", 13 + 2 + 5), ("co_sign", 1), ("refund", 5), ("ship", 1), ("call_back", 2),
        # rulings of neutrals and of the supervisor, the challenge, the bounced refund, to enforce
        ("decide", 11 + 13 + 1 + 1 + 6), ("reply", 0), ("erase", 0),
    ):  # fmt: skip
        assert await number(kind=kind, **overdue) == mine, kind
    # the marketplace gets the rulings, their reviews, the signature and the decision on the refund
    for owed_to, mine in (("marketplace", 11 + 13 + 11 + 1 + 1), ("seller", 0)):
        assert await number(owed_to=owed_to, **overdue) == mine, owed_to
    assert await number(**overdue, **{"class": "remedy"}) == OF_SELLERS
    for desk, mine in (("north", 5), ("south", 2 + 4), ("west", 0)):
        assert await number(desk=desk) == await number(desk=desk, **overdue) == mine, desk
    assert await number(seller="s-9", **overdue) == OF_SELLERS + 2
    assert await number(status="pending") == 1
    assert await number(status="open") == OVERDUE + 2 + 1
    assert await number(status="ended") == sum(ENDED.values()) + 3
    rulings = {neutral: len(await morning.read_by(sender)) for neutral, sender in morning.neutrals.items()}
    assert rulings == {"anna": 0, "bruno": 5, "carla": 4, "dora": 2}
    for n, at in enumerate(morning.at["carla"]):
        first, missed, ruled = n < 5, n >= 5, n == 0
        assert await number(dispute_id=at[-36:]) == 4 * missed + 2 * first + (n == 1), (n, ruled)


async def test_at_past_instants(morning: Morning) -> None:
    """Thirteen hours after the beginning: the call and the parcels are overdue, and two promises of past cases."""
    then = {"as_of": (morning.began + timedelta(hours=13)).isoformat()}
    overdue = await morning.listed(status="overdue", **then)
    assert Counter((row["kind"], row["owed_by"]) for row in overdue) == {
        ("call_back", "neutral"): 1, ("ship", "seller"): 2, ("call_back", "seller"): 2,
    }  # fmt: skip
    pending = await morning.listed(status="pending", **then)
    assert Counter((row["kind"], row["owed_by"]) for row in pending) == {
        ("review", "neutral"): 14,  # first acts
        ("decide", "neutral"): 12 + 7 + 5,  # rulings
        ("co_sign", "supervisor"): 1,
        ("decide", "supervisor"): 1 + 1,  # the challenge, the refund
        ("refund", "seller"): 4,
        ("review", "supervisor"): 1,  # of the call
        ("decide", "marketplace"): 2,  # about the parcels
        ("call_back", "seller"): 1,  # of the past case that is stayed
    }
    long_ago = {"as_of": "2024-03-10T09:30:00Z"}  # the seventh day of the past cases
    rows = await morning.listed(status="all", **long_ago)
    assert Counter(row["status"] for row in rows) == {"overdue": 3, "pending": 1, "waived": 1}
    assert len(await morning.listed(status="overdue", **long_ago)) == 3


async def test_punctuality(morning: Morning) -> None:
    async def told(by: str, **query: str) -> list[tuple[str, int, int, int, int, str]]:
        page = done(await morning.by("supervisor").get("/v1/commitments/punctuality", params={"by": by} | query))
        return [
            (
                one["seller"] or one["who"],
                one["on_time"],
                one["late"],
                one["overdue"],
                one["broken"],
                one["share_on_time"],
            )
            for one in page["items"]
        ]

    names = {name: str(sender.subject) for name, sender in morning.neutrals.items()}
    # Anna looked at one of twelve, and broke the call too. Bruno looked at six and ruled one of six. Carla looked at five
    # of eight, and ruled one of five. Dora looked at two, and made the call late: it was due when she got it.
    assert await told("neutral") == [
        (names["anna"], 1, 0, 0, 12, "0.0769"),
        (names["dora"], 2, 1, 2, 0, "0.4000"),
        (names["carla"], 6, 0, 4, 3, "0.4615"),
        (names["bruno"], 7, 0, 5, 0, "0.5833"),
    ]
    assert await told("desk") == [("north", 8, 0, 5, 12, "0.3200"), ("south", 8, 1, 6, 3, "0.4444")]
    # broken by the seller: a parcel that was waived late; of past cases one waived late, and one replaced late
    assert await told("seller") == [("s-9", 3, 0, OF_SELLERS + 2, 3, "0.2143")]
    # by the supervisor too: a first act that had passed on overdue
    broken = 12 + 3 + 3 + 1
    assert await told("marketplace") == [(PLAYGROUND, KEPT, 1, OVERDUE + 2, broken, "0.2805")]
    day_one = {
        "due_after": morning.began.isoformat(),
        "due_before": (morning.began + timedelta(hours=18)).isoformat(),
    }
    assert await told("neutral", **day_one) == [(names["anna"], 0, 0, 0, 1, "0.0000")]
    assert await told("seller", **day_one) == [("s-9", 0, 0, 1, 1, "0.0000")]


async def test_case_files_and_the_list_of_disputes(morning: Morning) -> None:
    disputes = await morning.listed("/v1/disputes")
    assert len(disputes) == 40 + 5
    rows = await morning.listed(status="all")
    for dispute in disputes:
        case = done(await morning.by("supervisor").get(f"/v1/disputes/{dispute['id']}"))
        shown = {owed["id"]: (owed["status"], owed["due_at"], owed["owed_by"]) for owed in case["commitments"]}
        assert shown == {
            row["id"]: (row["status"], row["due_at"], row["owed_by"])
            for row in rows
            if row["dispute_id"] == dispute["id"]
        }
        assert (case["stage"], case["awaiting"]) == (dispute["stage"], dispute["awaiting"])
    # 13 wait for a neutral, and 7 after a negotiation; eleven rulings are overdue, one waits for a signature
    waiting = Counter(dispute["awaiting"] for dispute in disputes)
    assert waiting == {"supervisor": 13 + 7 + 11 + 1, "marketplace": 4 + 1, "none": 3, "respondent": 5}
    for awaiting, number in waiting.items():
        assert len(await morning.listed("/v1/disputes", awaiting=awaiting)) == number


async def test_a_list_is_one_call(morning: Morning) -> None:
    """A mediator's day, a supervisor's morning, a backend's night, as in `make days`. It comes last: it signs and pays."""
    told = await mediator(await queue(morning.house, 4))
    assert told.calls() == [1, 2 * 3, 3, 1, 1]
    told, waits = await supervisor(morning.by("supervisor"))
    assert told.calls() == [1, 1, 1, 1, 1, 2]
    assert waits == {"assignment": 13 + 7, "ruling_overdue": 11 - 1, "challenge": 1, "co_signature": 1, "refund": 1}
    night = await Night.begins(morning.house)
    await night.conceded(2)
    told, facts = await backend(morning.house.backend, night.cursor)
    assert told.calls() == [1, 2, 1, 1], "one page, two payments, what came of them, and the end"
    assert sum(fact["kind"] == "RefundConfirmed" for fact in facts) == 2
    assert await night.bookkeeping() > 0
