"""A fuzzer of the loader: whatever stands in its files, a project or a ``ComposerError`` comes out,
soon. ``python -m tests.unit.spec.fuzz SECONDS [SEED]`` runs it for longer than the test does."""
