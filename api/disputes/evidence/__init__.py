"""Exhibits and requests for evidence."""
