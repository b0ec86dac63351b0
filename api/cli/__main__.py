"""`python -m api.cli` is the command `mediation`."""

from api.cli.main import main

main()
