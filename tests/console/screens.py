"""Every screen of the console, as the tests and `make pictures` look at it. A new screen is a line here."""

from dataclasses import dataclass

from domain.kernel.base import Role


@dataclass(frozen=True, slots=True)
class Screen:
    """`name` names its pictures. `path` is below `/console`, and names sample disputes by their references. `role` looks at it;
    None is somebody who is not signed in. `status` is that of the answer.
    """

    name: str
    path: str
    role: Role | None = Role.NEUTRAL
    status: int = 200


SCREENS = (
    Screen("my-day", "/"),
    Screen("my-day-empty", "/?tab=snoozed"),
    Screen("my-day-others", "/?tab=others"),
    Screen("my-day-promised", "/?tab=promised"),
    Screen("my-day-filtered", "/?narrow=&stage=mediation&due_within_hours=168"),
    Screen("my-day-filtered-to-nothing", "/?narrow=&stage=closed&reason=counterfeit&up_to=both"),
    Screen("search", "/?q=nobody-has-this"),
    Screen("supervisor", "/", Role.SUPERVISOR),
    Screen("supervisor-all", "/?tab=all&show=100", Role.SUPERVISOR),
    Screen("supervisor-filtered", "/?narrow=&stage=mediation", Role.SUPERVISOR),
    Screen("auditor", "/", Role.AUDITOR),
    Screen("case", "/disputes/{MP-31014}"),
    Screen("case-of-auditor", "/disputes/{MP-31014}", Role.AUDITOR),
    Screen("case-in-appeal", "/disputes/{MP-30986}", Role.SUPERVISOR),
    Screen("case-closed", "/disputes/{MP-30972}", Role.SUPERVISOR),
    Screen("story", "/disputes/{MP-30986}/story", Role.SUPERVISOR),
    Screen("no-such-case", "/disputes/00000000-0000-0000-0000-000000000000", status=404),
    Screen("form-of-an-act", "/disputes/{MP-31014}/acts/write_note"),
    Screen("ruling", "/disputes/{MP-30996}/ruling"),
    Screen("exhibit", "/disputes/{MP-31014}/exhibits/1"),
    Screen("promises", "/promises"),
    Screen("promises-of-all", "/promises", Role.SUPERVISOR),
    Screen("notices", "/disputes/{MP-30986}/notices", Role.SUPERVISOR),
    Screen("mail", "/mail", Role.SUPERVISOR),
    Screen("mail-of-mediator", "/mail"),
    Screen("mail-from-programs", "/mail?status=noted", Role.AUDITOR),
    Screen("no-such-mail", "/mail/00000000-0000-0000-0000-000000000000", Role.SUPERVISOR, status=404),
    Screen("proof", "/disputes/{MP-31014}/proof", Role.AUDITOR),
    Screen("proof-of-one-fact", "/facts/1/proof", Role.AUDITOR),
    Screen("sign-in", "/sign-in", None),
    Screen("signed-out", "/sign-in?told=out", None),
    Screen("link-that-is-not-good", "/sign-in/a-link-that-was-used", None, status=403),
)
