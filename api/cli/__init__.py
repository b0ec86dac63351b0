"""The command `mediation`: one module a command."""
