"""The body that says under which mail address a person is reached."""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints

from api.http.bodies import Context, example
from api.marketplace.erasure_schemas import About
from domain.privacy import reach


def checked(address: str) -> str:
    """The address in NFC, with the domain in its own script. Nothing is asked of DNS."""
    try:
        return validate_email(address, check_deliverability=False, allow_smtputf8=True).normalized
    except EmailNotValidError as error:
        raise ValueError(f"not a mail address: {error}") from None


MailAddress = Annotated[str, StringConstraints(max_length=254), AfterValidator(checked)]


class GiveMailAddress(About):
    """The address holds for all disputes of the person, in place of those in the filings."""

    model_config = example({"party": "b-17", "address": "ada@example.com"})

    address: Annotated[MailAddress | None, Field(description="Null: the person is not to be reached by mail any more.")]

    def command(self, at: Context) -> reach.GiveMailAddress:
        return reach.GiveMailAddress(**at.common(), subject=self.person(at), address=self.address)
