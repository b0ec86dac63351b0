"""Notices of Adyen."""
