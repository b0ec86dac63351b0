"""Everything about one dispute: its case file, its history, and its acts, one room a stage."""
