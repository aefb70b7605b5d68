"""Written contacts: the list of letters, and registering a new one."""
