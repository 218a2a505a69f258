"""Whole mailboxes: read as a stream, scored in worker processes, written as rows, summed up."""
