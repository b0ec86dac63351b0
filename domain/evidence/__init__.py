"""Exhibits, and the evidence that a neutral asks a party to show."""
