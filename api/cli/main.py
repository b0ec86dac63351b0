"""The command `mediation`: everything that is done from a terminal."""

import sys
from importlib.metadata import version
from inspect import cleandoc

from cyclopts import App

from api.cli.terminal import INTERRUPTED, Failed, err, hang_up, replace_unwritable, tell

app = App(
    name="mediation",
    version=lambda: f"mediation {version('mediation-engine')}",
    help="The mediation engine: cross-border disputes between buyers and sellers, from filing to the last cent refunded.",
)
COMMANDS = {
    "serve": (
        "api.cli.serve:serve",
        """Serve the API until Ctrl-C.

        Without DATABASE_URL it starts its own PostgreSQL. The data stay in the data folder (MEDIATION_DATA_DIR). With
        --workers, several processes share the port, each on a core of its own.""",
    ),
    "token": (
        "api.cli.token:token",
        """Print a bearer token, alone on standard output.

        It is signed with the secret in the data folder (or MEDIATION_TOKEN_KEY): run this where the API runs.""",
    ),
    "sign-in-link": (
        "api.cli.sign_in_link:sign_in_link",
        """Print a link with which a person signs in to the console once, alone on standard output.

        Whoever has the link is let in as that person: send it to nobody else. It begins with MEDIATION_PUBLIC_URL. Works beside
        a running server.""",
    ),
    "revoke": (
        "api.cli.revoke:revoke",
        """Revoke a token, or all tokens of a person that were issued before an instant.

        Every worker refuses them within a second. The revocation is a fact in the log. An administrator can revoke tokens of
        their marketplace over the API; a token for all marketplaces can be revoked only here.""",
    ),
    "import": (
        "api.cli.importing:import_file",
        """Send past cases to a running server, as JSON lines.

        Each line is one act with the instant at which it happened. Importing a file again changes nothing twice, so an
        interrupted import is resumed in that way. A refused line is shown on standard error, the later lines of its case are
        left out, and the exit code is 1.""",
    ),
    "rebuild": (
        "api.cli.rebuild:rebuild",
        """Make views again from the log.

        Each view is made beside the old one, which serves until the new one takes over. Works beside a running server:
        readers never wait, and nothing that the engine did is done again. After an interruption it continues where it was.""",
    ),
    "views": (
        "api.cli.views:views",
        """Show how far the views and processes are.

        For each: its position in the log, how many events it is behind, and its parked disputes. A dispute is parked when
        the view or process failed on one of its events; the error is shown. Works beside a running server. The exit code is
        3 if something is parked, or is --lag seconds behind.""",
    ),
    "retry": (
        "api.cli.views:retry",
        """Feed the parked events to the views and processes again.

        Run it after the fault is mended. Works beside a running server. The exit code is 1 if anything is still parked.""",
    ),
    "replay": (
        "api.cli.replay:replay",
        """Show the complete story of one dispute, event by event.

        It shows who did what and when, under which clause, the amounts, the deadlines, what caused what, and the state of the
        dispute: now, or at any instant, by when things happened or by when the engine learned of them. Texts are shown as
        they were written; those of an erased person are gone. Works beside a running server, and without one.""",
    ),
    "reconcile": (
        "api.cli.reconcile:reconcile",
        """Compare the ledger with the payment provider's own list.

        Every difference is recorded once, and shown: missing on one side, amount, currency, status, paid twice. Works beside
        a running server, which does the same by itself. The exit code is 1 if anything differs.""",
    ),
    "sandbox-provider": (
        "api.cli.sandbox:sandbox_provider",
        """Serve a payment provider for trials, until Ctrl-C.

        It is a separate service with its own store, and moves no real money. `PUT /control/faults` sets the faults that it
        makes; `GET /docs` shows how.""",
    ),
    "history": (
        "api.cli.history:history",
        """Find facts in the log: by dispute, marketplace, actor, kind, time, correlation.

        Works beside a running server, and without one.""",
    ),
    "diff": (
        "api.cli.history:diff",
        """Show what changed in one dispute between two instants.

        Shows each changed field of its case file, and the facts that changed it. Works beside a running server, and without
        one.""",
    ),
    "extract": (
        "api.cli.extract:extract",
        """Extract everything: as JSON lines, CSV, or an OCEL 2.0 event log for process mining.

        Texts are readable; those of an erased person are gone. Works beside a running server, and without one.""",
    ),
    "what-if": (
        "api.cli.what_if:what_if",
        """Decide stored disputes again under another policy, and show which outcomes would differ.

        What people did keeps its instant. Silence is judged by the windows of the other policy. Acts that it refuses are
        listed. Runs in several processes, and changes nothing.""",
    ),
    "export": (
        "api.cli.proof:export_proof",
        """Write what can be verified without this engine.

        The facts of one dispute with their proofs, as JSON; or the complete log, which takes about as much room as in the
        database. Both end at the last checkpoint.""",
    ),
    "verify": (
        "api.cli.proof:verify",
        """Verify an export, without a database or a server.

        The exit code is 1 if anything differs from what was signed; standard error names it. Give a checkpoint that you have
        kept yourself: only that shows a change by somebody who holds the log and its key.""",
    ),
    "checkpoint": (
        "api.cli.proof:checkpoint",
        """Print the last checkpoint, to be kept elsewhere, and on standard error the log's public key.""",
    ),
    "erase": (
        "api.cli.erase:erase",
        """Erase a person: what is stored about them becomes unreadable, at every instant.

        It first shows what would happen, and asks. A legal hold, an open dispute or a retention period puts the erasure off:
        then it is a commitment, done as soon as nothing stands against it, and the exit code is 1. Works beside a running
        server.""",
    ),
    "backup": (
        "api.cli.backup:backup",
        """Back up the log with its evidence files, and separately the key store.

        Uses PostgreSQL's pg_dump, which comes with the engine. Works beside a running server. Prints the two folders that it
        made. The master, blind and signing keys are in neither: keep them yourself.""",
    ),
    "restore": (
        "api.cli.restore:restore",
        """Restore a marketplace from its backups, into an empty database.

        Checks every file before it changes anything. Proves the complete log against its last checkpoint, repeats the erasures
        that the key store knows of, makes the views again, and compares the ledger with the payment providers' lists. After
        an interruption, run it again: it continues. Until it is done nothing is served.""",
    ),
    "rotate-keys": (
        "api.cli.rotate_keys:rotate_keys",
        """Wrap every data key again under another master key, and destroy the former master key.

        The engine does so by itself after an erasure, at most every MEDIATION_ROTATE_MINUTES. Works beside a running server.
        Of master keys that are given in the settings, it uses the newest and destroys none.""",
    ),
    "cases": (
        "api.cli.cases:cases",
        """Replay real cases, and compare them with what was published.

        Imports each case, mediated, ruled and executed as it was. Prints how long it took, what each side was paid and what
        is still owed, beside the ledger's figures. The exit code is 1 if anything differs.""",
    ),
}
"""Commands by name. A command's module is loaded only when it is called."""

for _name, (_where, _help) in COMMANDS.items():
    app.command(_where, name=_name, help=cleandoc(_help))


def main() -> None:
    """Runs the command of the process.

    Exit codes: 0 done, 1 failed (standard error says why), 2 wrong usage, 3 something is parked or far behind (`views`),
    130 Ctrl-C, 141 the reader of the output went away.
    """
    replace_unwritable()
    try:
        try:
            app(sys.argv[1:])
        except Failed as failure:
            tell(failure)
            sys.exit(1)
        except KeyboardInterrupt:
            err.print("[dim]Stopped.[/]")
            sys.exit(INTERRUPTED)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        hang_up()
