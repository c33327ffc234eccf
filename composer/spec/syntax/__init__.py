"""The short syntaxes of the Compose Specification, each in a module of its own."""
