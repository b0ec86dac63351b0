"""Filing, admissibility, response, default, key questions, pleadings, representatives, limits on claims."""
