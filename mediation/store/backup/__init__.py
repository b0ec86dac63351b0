"""What a backup is on disk."""
