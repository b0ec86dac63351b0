"""Stored disputes decided again under another policy. Nothing is stored."""
