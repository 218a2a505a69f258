"""Where a mail leaves: each hook asks the one gate."""
