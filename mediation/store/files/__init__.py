"""Evidence files, sealed."""
