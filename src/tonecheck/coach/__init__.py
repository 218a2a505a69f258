"""Practice for people who write to clients, on cases marked by hand and with the engine that checks drafts."""
