"""The facts that every room asks for: which chapters there are, and what code a thing rests on."""
