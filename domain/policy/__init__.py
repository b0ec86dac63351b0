"""A marketplace's rules as data: published in versions, and pinned to each dispute when it is filed."""
