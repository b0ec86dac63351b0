"""The command `mediation`: everything that is done from a terminal."""

import sys
from importlib.metadata import version
from inspect import cleandoc

from cyclopts import App
from rich.text import Text

from api.cli.terminal import INTERRUPTED, Failed, err

app = App(
    name="mediation",
    version=lambda: f"mediation {version('mediation-engine')}",
    help="The mediation engine: cross-border disputes between buyers and sellers, from filing to the last cent refunded.",
)
COMMANDS = {
    "serve": (
        "api.cli.serve:serve",
        """Serve the API until Ctrl-C.

        Without DATABASE_URL it starts a PostgreSQL of its own, whose data stay in the data folder (MEDIATION_DATA_DIR).""",
    ),
    "token": (
        "api.cli.token:token",
        """Print a bearer token, alone on standard output.

        It is signed with the secret in the data folder (or MEDIATION_TOKEN_KEY): run this where the API runs.""",
    ),
    "import": (
        "api.cli.importing:import_file",
        """Send past cases to a running server, as JSON lines.

        Each line is one act with the instant at which it happened. Importing a file again changes nothing twice: that is how
        an interrupted import is resumed. A line that is refused is told on standard error, the later lines of its case are
        left out, and the exit code is 1.""",
    ),
    "rebuild": (
        "api.cli.rebuild:rebuild",
        """Make views anew from the log.

        Each is made beside the old one, which serves until the new one takes over. Works beside a running server: readers
        never wait, and nothing that the engine did is done again. Interrupted or killed, it goes on where it was.""",
    ),
    "views": (
        "api.cli.views:views",
        """Show how far the views and processes are.

        Each one's position in the log, how many events it is behind, and the disputes that are parked: those with an event
        that it could not take, with the error. Works beside a running server.""",
    ),
    "retry": (
        "api.cli.views:retry",
        """Give the views and processes once more what is parked.

        To be run after the fault is mended; works beside a running server. The exit code is 1 if anything is still parked.""",
    ),
    "replay": (
        "api.cli.replay:replay",
        """Tell the whole story of one dispute, event by event.

        Who did what and when, under which clause, the amounts, the deadlines and what caused what; and how it stands, now or at
        any instant, by when things happened or by when the engine learned of them. Works beside a running server, and without
        one. Texts are shown as they were written; those of an erased person are gone.""",
    ),
    "reconcile": (
        "api.cli.reconcile:reconcile",
        """Compare the ledger with the payment provider's own list.

        Every difference is put on record once, and shown: missing here or there, amount, currency, status, twice. Works
        beside a running server, which does the same by itself. The exit code is 1 if anything differs.""",
    ),
    "sandbox-provider": (
        "api.cli.sandbox:sandbox_provider",
        """Serve a payment provider to try things on, until Ctrl-C.

        A service of its own with a store of its own; no money moves there. `PUT /control/faults` tells it what to do wrong,
        `GET /docs` shows how.""",
    ),
    "history": (
        "api.cli.history:history",
        """Find facts in the whole trail: by dispute, marketplace, actor, kind, time, correlation.

        Works beside a running server, and without one.""",
    ),
    "diff": (
        "api.cli.history:diff",
        """Show what changed in one dispute between two instants.

        In its case file, place by place; and the facts that changed it. Works beside a running server, and without one.""",
    ),
    "extract": (
        "api.cli.extract:extract",
        """Take everything away: as JSON lines, CSV, or an OCEL 2.0 event log for process mining.

        With readable texts; those of an erased person are gone. Works beside a running server, and without one.""",
    ),
    "what-if": (
        "api.cli.what_if:what_if",
        """Decide stored disputes again under another policy, and tell whose outcome would differ.

        What people did keeps its instant; silence is reckoned by the other windows; acts that the other policy refuses are
        listed. In several processes; nothing is changed.""",
    ),
    "export": (
        "api.cli.proof:export_proof",
        """Write what can be verified without this engine.

        The facts of one dispute with their proofs, as JSON; or the whole log, which takes about as much room as it has in the
        database. Both reach as far as the last checkpoint.""",
    ),
    "verify": (
        "api.cli.proof:verify",
        """Verify what was exported: no database, no server.

        The exit code is 1 if anything is not as it was signed; standard error names it. Give a checkpoint that you have kept
        yourself: only that shows what was changed by somebody who holds the log and its key.""",
    ),
    "checkpoint": (
        "api.cli.proof:checkpoint",
        """Print the last checkpoint, to be kept somewhere else; and on standard error the log's public key.""",
    ),
    "erase": (
        "api.cli.erase:erase",
        """Forget a person: what is stored of them becomes unreadable, at every instant.

        Says first what would be, and asks. Where a legal hold, an open dispute or a retention period stands against it, it is
        promised, done as soon as nothing does, and the exit code is 1. Works beside a running server.""",
    ),
    "backup": (
        "api.cli.backup:backup",
        """Back up the log with its evidence files, and apart from it the key store.

        With PostgreSQL's own pg_dump, which comes with the engine; works beside a running server. Prints the two folders that
        it made. The master, blind and signing keys are in neither: keep them yourself.""",
    ),
    "restore": (
        "api.cli.restore:restore",
        """Restore a marketplace from its backups, into an empty database.

        Checks every file before it touches anything, proves the whole log against its last checkpoint, erases again whom the
        key store knows to be erased, makes the views anew, and compares the ledger with the payment providers' lists. Killed,
        it goes on when it is called again; until it is done nothing is served.""",
    ),
    "rotate-keys": (
        "api.cli.rotate_keys:rotate_keys",
        """Wrap every data key anew under another master key, and destroy the master before.

        The engine does so by itself when somebody was erased, at most every MEDIATION_ROTATE_MINUTES. Works beside a running
        server, which goes on. Of masters that are given in the settings the newest is taken, and none destroyed.""",
    ),
    "cases": (
        "api.cli.cases:cases",
        """Play real cases again, and compare with what was published.

        Imports each case, mediated, ruled and executed as it was, and prints how long it took, what each side was paid and
        what is still owed, beside the ledger's figures. The exit code is 1 if anything differs.""",
    ),
}
"""By name, so that only what is asked for is loaded."""

for _name, (_where, _help) in COMMANDS.items():
    app.command(_where, name=_name, help=cleandoc(_help))


def main() -> None:
    """Runs the command of the process. Exit codes: 0 done, 1 not (standard error says why), 2 misused, 130 Ctrl-C."""
    try:
        app(sys.argv[1:])
    except Failed as failure:
        err.print(Text.assemble(("mediation: ", "bold red"), str(failure)), soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        err.print("[dim]Stopped.[/]")
        sys.exit(INTERRUPTED)
