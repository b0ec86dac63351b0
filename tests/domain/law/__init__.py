"""The language of the law reports: who acts, what is on record, what came of it."""
