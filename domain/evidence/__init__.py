"""Exhibits, and what a neutral asks a party to show."""
