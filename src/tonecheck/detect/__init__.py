"""Detectors: functions from a parsed draft to findings, moves and sentiment."""
