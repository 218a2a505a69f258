"""The coach in a browser: the same record, cases and grades as on the terminal."""
