"""A contact's whole history, told in one time line from what each service knows."""
