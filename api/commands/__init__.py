"""What each command of `mediation` does; `api.cli` puts them together."""
