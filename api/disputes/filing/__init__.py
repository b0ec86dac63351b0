"""Filing, response, set-aside, representatives and key questions."""
