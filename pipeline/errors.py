"""What a user must fix: one clear line each, exit code 2."""


class UserError(Exception):
    """A message for the user, with place, what is wrong and the way out; several problems are several lines."""
