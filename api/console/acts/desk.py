"""One act on one case, and its reader: what its form is made from."""

from dataclasses import dataclass, replace

from starlette.responses import Response

from api.acts.registry import DECLARED
from api.console.acts import for_reader, offered
from api.console.acts.choices import Choices, choices, of_field
from api.console.acts.fields import Field, fields_of
from api.console.acts.offered import Open
from api.console.visit import Visit
from api.disputes.case_file import get_dispute
from api.disputes.case_file_schemas import CaseFile
from api.http.problem_kinds import NoSuchResource
from api.http.reads import Reading
from domain.kernel.base import act_name
from domain.moves import TAKE_CASE, Move


def acts_of(reading: Reading, case: CaseFile) -> list[Open]:
    """For the template `acts/acts.html`."""
    return offered.open_acts(reading.http.actions, case, reading.caller.role)


async def read(visit: Visit) -> tuple[Reading, CaseFile]:
    """The case that the address names. Raises what a read raises."""
    dispute_id = visit.request.path_params["dispute_id"]
    reading = await visit.reading("get_dispute", dispute_id=dispute_id)
    case = await get_dispute(dispute_id, reading, Response())
    assert isinstance(case, CaseFile), "all of it was asked for"
    return reading, case


@dataclass(frozen=True, slots=True)
class Desk:
    """One act on one case, and its reader. `at` names it in addresses, `address` is that of its route under `/v1`."""

    visit: Visit
    reading: Reading
    case: CaseFile
    at: str
    name: str
    address: str
    fields: tuple[Field, ...]
    takes_files: bool
    choices: Choices

    @classmethod
    async def of(cls, visit: Visit, at: str) -> "Desk":
        """Raises NoSuchResource for an act that does not exist, or is never this reader's; and what a read raises."""
        reading, case = await read(visit)
        name, address = at.partition(".")[0], offered.address(visit.http.actions, case.id, at)
        declared = DECLARED.get(act_name(Move(name).command) if name == TAKE_CASE else name)
        if address is None or declared is None or reading.caller.role not in declared.by:
            raise NoSuchResource
        fields = for_reader.fields(name, reading.caller.role, fields_of(declared.with_files or declared.form))
        takes_files = any(one.kind == "files" for one in fields)
        known = await choices(visit, reading, case, fields)
        return cls(visit, reading, case, at, name, address, fields, takes_files, known)

    async def again(self) -> "Desk":
        """With the case as it is now."""
        _, case = await read(self.visit)
        return replace(self, case=case, choices=await choices(self.visit, self.reading, case, self.fields))

    @property
    def asks(self) -> bool:
        """Whether there is anything to fill in, or to choose."""
        return any(one.required or of_field(self.choices, one) != () for one in self.fields)

    @property
    def form_address(self) -> str:
        return offered.form_address(self.case.id, self.at)

    @property
    def open(self) -> Open | None:
        """None for an act that is not offered, such as a report of what happened elsewhere."""
        return next((one for one in acts_of(self.reading, self.case) if one.at == self.at), None)
