"""The steps from one layout of the record to the next."""
