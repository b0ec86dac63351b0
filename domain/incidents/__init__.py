"""What many disputes have in common, recorded once."""
