"""Data keys of persons, the master keys that wrap them, and the sealing of personal fields."""
