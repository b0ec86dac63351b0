"""To be heard after all, where the response did not come in time."""

from uuid import UUID

from api.http.bodies import Act, Context, Statement, example
from domain.filing import set_aside


class RequestSetAside(Act):
    """The respondent asks for the default to be set aside, and says for what cause it stayed silent."""

    model_config = example({"cause": {"text": "我们的仓库因洪水关闭。", "language": "zh-Hans"}})

    cause: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> set_aside.RequestSetAside:
        return set_aside.RequestSetAside(**at.common(), dispute_id=dispute_id, cause=self.cause.words())


class SetDefaultAside(Act):
    """The default falls, and the case is heard."""

    model_config = example({"reasons": {"text": "The flood is on record.", "language": "en"}})

    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> set_aside.SetDefaultAside:
        return set_aside.SetDefaultAside(**at.common(), dispute_id=dispute_id, reasons=self.reasons.words())


class RefuseSetAside(Act):
    """The default stands."""

    model_config = example({"reasons": {"text": "Being on holiday is no cause.", "language": "en"}})

    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> set_aside.RefuseSetAside:
        return set_aside.RefuseSetAside(**at.common(), dispute_id=dispute_id, reasons=self.reasons.words())
