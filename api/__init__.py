"""The ways in: HTTP, one router per stage of a dispute, and the command line."""
