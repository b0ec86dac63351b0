"""Outages of the engine, which move deadlines."""

from api.http.bodies import Act, Answer, Context, When, example
from api.http.relative import ago
from domain.policy.outage_facts import Outage
from domain.policy.outages import RecordOutage as OutageCommand


class RecordOutage(Act):
    """Records an outage: from the last moment at which people could act until they could again, more than fifteen
    minutes later.
    """

    model_config = example({"began_at": ago(hours=9), "ended_at": ago(hours=8, minutes=10)})

    began_at: When
    ended_at: When

    def command(self, at: Context) -> OutageCommand:
        return OutageCommand(**at.common(), outage=Outage(began_at=self.began_at, ended_at=self.ended_at))


class Outages(Answer):
    """Outages of the engine. What was due in one is due 24 hours after its end, unless it had lapsed before the
    outage was known.
    """

    model_config = example({"items": [{"began_at": ago(hours=9), "ended_at": ago(hours=8, minutes=10)}]})

    items: list[Outage]
