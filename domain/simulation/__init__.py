"""Decides stored disputes again under another policy. It stores nothing."""
