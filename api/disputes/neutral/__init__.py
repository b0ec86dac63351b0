"""Assignment, reassignment, recusal, interests and challenges."""
