"""`mediation rotate-keys`: changes the master key now."""

from rich.text import Text

from api.cli.terminal import Failed, existing, out, progress, run
from api.services import services
from mediation.store.keys.rotation import AlreadyRotating, NothingNewer, Rotated, rotate


def rotate_keys() -> None:
    """Changes the master key."""
    rotated = run(_rotate())
    before = "the masters before are destroyed" if rotated.destroyed else "remove MEDIATION_FORMER_MASTER_KEY now"
    out.print(Text(f"{rotated.keys:,} data keys are wrapped by the newest master; {before}"))


async def _rotate() -> Rotated:
    async with services(existing("secrets"), works=False) as running:
        masters = running.settings.secret.masters
        with progress() as bar:
            task = bar.add_task("keys", total=None)
            try:
                rotated = await rotate(
                    running.key_pool,
                    masters,
                    lambda done, of: bar.update(task, completed=done, total=of),
                    make=masters.destroys,
                )
            except AlreadyRotating:
                raise Failed("another worker is doing that at this moment") from None
            except NothingNewer:
                raise Failed(
                    "there is no newer master: give one as MEDIATION_MASTER_KEY, and the one before as "
                    "MEDIATION_FORMER_MASTER_KEY, to every worker"
                ) from None
        await running.rotations.record()
        return rotated
