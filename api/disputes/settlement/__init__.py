"""Offers, proposals, caucus and messages."""
