"""Setting a default aside."""

from uuid import UUID

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Statement, example
from api.http.roles import PARTIES
from domain.filing import set_aside
from domain.kernel.base import Role

ACTS = Acts("Response")


@ACTS.act(
    "/default/set-aside-request",
    "The respondent, who stayed silent for a cause, asks to be heard after all.",
    by=PARTIES,
)
class RequestSetAside(Act):
    """The respondent asks for the default to be set aside, and says for what cause it stayed silent."""

    model_config = example({"cause": {"text": "我们的仓库因洪水关闭。", "language": "zh-Hans"}})

    cause: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> set_aside.RequestSetAside:
        return set_aside.RequestSetAside(**at.common(), dispute_id=dispute_id, cause=self.cause.words())


@ACTS.act(
    "/default/set-aside",
    "The default falls; what it made owed is owed no more, and the case goes to a neutral.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class SetDefaultAside(Act):
    """The default falls, and the case is heard."""

    model_config = example({"reasons": {"text": "The flood is on record.", "language": "en"}})

    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> set_aside.SetDefaultAside:
        return set_aside.SetDefaultAside(**at.common(), dispute_id=dispute_id, reasons=self.reasons.words())


@ACTS.act(
    "/default/set-aside-refusal",
    "The default stands.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class RefuseSetAside(Act):
    """The default stands."""

    model_config = example({"reasons": {"text": "Being on holiday is no cause.", "language": "en"}})

    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> set_aside.RefuseSetAside:
        return set_aside.RefuseSetAside(**at.common(), dispute_id=dispute_id, reasons=self.reasons.words())
