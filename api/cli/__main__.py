"""`python -m api.cli` is the command `mediation`."""

from api.cli.main import main

if __name__ == "__main__":
    main()
