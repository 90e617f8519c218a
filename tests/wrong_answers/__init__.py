"""Answers that learners give: for each chapter, the wrong ones with the hint each must get, and
right ones that are written differently.

A module has ``NAMESPACE``, what an answer may use, and ``ANSWERS``, by exercise:

- ``object``: the name of what is handed to the check, if it isn't the exercise's;
- ``mutate``: the name of the function to make mutants of, if it isn't the exercise's;
- ``wrong``: tuples ``(old, new, hint)``, an edit of the solution and a part of the hint, where an
  empty ``old`` means that ``new`` is the whole program;
- ``right``: whole programs;
- ``equivalent``: mutants that are right, with the reason.
"""
