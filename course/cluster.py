"""Start Ray, which gives its own parts 30 s: too few where other work has the machine."""


def started(start, attempts=5):
    """Call ``start()``, which starts a part of Ray, and call it again if Ray gave up.

    Raises:
        Exception: Ray's own, after ``attempts``, or at once for any other reason than the time.
    """
    try:
        return start()
    except Exception as error:
        if attempts == 1 or "timed out during startup" not in str(error):
            raise
        return started(start, attempts - 1)
