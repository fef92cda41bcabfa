"""The HTTP edge: parsing, authentication, problems, answers."""
