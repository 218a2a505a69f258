"""A warm checker behind a socket."""
