"""Everything about one dispute: its case file, its history, and its acts, in one package per stage."""
