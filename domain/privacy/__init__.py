"""Erasing a person, legal holds, and the record of what auditors read."""
