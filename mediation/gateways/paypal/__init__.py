"""Notices of PayPal."""
