"""Renderers: a Report as text, lines, JSON, HTML and SARIF."""
