"""Know the page: current user, chosen person, language and settings."""
