"""Goods, closure and reopening."""
