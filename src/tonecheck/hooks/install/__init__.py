"""Puts tonecheck into the settings of mail programs, and takes it out again; each module knows one program."""
