"""Doors that stay open around one warm checker: the daemon, the page and its API, the servers for editors and assistants."""
