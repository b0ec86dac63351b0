"""The acts by which a default is set aside."""

from uuid import UUID

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Statement, example
from api.http.roles import PARTIES
from domain.filing import set_aside
from domain.kernel.base import Role

ACTS = Acts("Response")


@ACTS.act(
    "/default/set-aside-request",
    "Asks to set the default aside: the respondent states why it stayed silent, and asks to be heard.",
    by=PARTIES,
)
class RequestSetAside(Act):
    """The respondent asks to set the default aside, and states why it stayed silent."""

    model_config = example({"cause": {"text": "我们的仓库因洪水关闭。", "language": "zh-Hans"}})

    cause: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> set_aside.RequestSetAside:
        return set_aside.RequestSetAside(**at.common(), dispute_id=dispute_id, cause=self.cause.words())


@ACTS.act(
    "/default/set-aside",
    "Sets the default aside. Its commitments are discharged, and the dispute goes to a neutral.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class SetDefaultAside(Act):
    """Sets the default aside. The dispute is then heard."""

    model_config = example({"reasons": {"text": "The flood is on record.", "language": "en"}})

    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> set_aside.SetDefaultAside:
        return set_aside.SetDefaultAside(**at.common(), dispute_id=dispute_id, reasons=self.reasons.words())


@ACTS.act(
    "/default/set-aside-refusal",
    "Refuses to set the default aside. It stands.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class RefuseSetAside(Act):
    """Refuses to set the default aside. It stands."""

    model_config = example({"reasons": {"text": "Being on holiday is no cause.", "language": "en"}})

    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> set_aside.RefuseSetAside:
        return set_aside.RefuseSetAside(**at.common(), dispute_id=dispute_id, reasons=self.reasons.words())
