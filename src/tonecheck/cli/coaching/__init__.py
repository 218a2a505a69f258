"""What the coach says and asks on a terminal."""
