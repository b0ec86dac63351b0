"""The people of the sample desk. `PEOPLE` lists them in the order in which `mediation serve --demo` prints them."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from api.console.signing_in import links
from api.services import Services
from domain.kernel.base import Role
from mediation.store.desk import console_sessions as signing_in

MARKETPLACE = "demo"
OTHER_MARKETPLACE = "demo-crafts"
"""A second, small marketplace. The people of the first one see nothing of it."""

TOKEN_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """`variable` is the name of the shell variable that holds their token. `key` stays the same for ever: the person's
    subject is derived from it.
    """

    variable: str
    key: str
    name: str
    role: Role
    languages: tuple[str, ...] = ()
    marketplace: str = MARKETPLACE

    @property
    def signs_in(self) -> bool:
        """To the console. A backend is a program."""
        return self.role is not Role.MARKETPLACE

    @property
    def who(self) -> str:
        """For one line of a terminal."""
        speaks = f", reads {' '.join(self.languages)}" if self.languages else ""
        return f"{self.name}, {_CALLED[self.role]}{speaks}"


_CALLED = {
    Role.MARKETPLACE: "speaks for its buyers and sellers",
    Role.NEUTRAL: "mediator",
    Role.SUPERVISOR: "supervisor",
    Role.ADMINISTRATOR: "administrator",
    Role.AUDITOR: "auditor",
}

BACKEND = Person("BACKEND", "marketplace", f"Backend of {MARKETPLACE}", Role.MARKETPLACE)
NEUTRALS = (
    Person("NEUTRAL", "neutral", "Elena Marchetti", Role.NEUTRAL, ("en", "it", "de", "fr", "pt-BR")),
    Person("NEUTRAL_2", "neutral-2", "Lin Yuting", Role.NEUTRAL, ("en", "zh-Hans", "ja")),
    Person("NEUTRAL_3", "neutral-3", "Karim Haddad", Role.NEUTRAL, ("en", "ar", "fr", "es")),
)
SUPERVISOR = Person("SUPERVISOR", "supervisor", "Ingrid Solberg", Role.SUPERVISOR)
ADMINISTRATOR = Person("ADMINISTRATOR", "administrator", "Tomás Ferreira", Role.ADMINISTRATOR)
AUDITOR = Person("AUDITOR", "auditor", "Grace Okafor", Role.AUDITOR)
OTHER_BACKEND = Person(
    "OTHER_BACKEND", "marketplace", f"Backend of {OTHER_MARKETPLACE}", Role.MARKETPLACE, marketplace=OTHER_MARKETPLACE
)

BACKENDS = (BACKEND, OTHER_BACKEND)
PEOPLE = (BACKEND, *NEUTRALS, SUPERVISOR, ADMINISTRATOR, AUDITOR, OTHER_BACKEND)


def subject(services: Services, person: Person) -> UUID:
    """Who they are in the log. It is always the same."""
    return services.blind.uuid("staff", person.marketplace, person.key)


def token(services: Services, person: Person) -> str:
    """Good for a day."""
    return services.tokens.mint(
        subject=subject(services, person), role=person.role, marketplace=person.marketplace, life=TOKEN_LIFE
    )


async def sign_in_link(services: Services, person: Person) -> str:
    """The address of a link to the console that is good once, for a day."""
    who = signing_in.Person(subject(services, person), person.role.value, person.marketplace, person.name)
    return await links.address(services, who, TOKEN_LIFE)
