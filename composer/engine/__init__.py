"""The only code that knows Podman.

``composer.engine.connect.connect`` finds or starts one, ``composer.engine.api`` says what it can
do. Nothing is imported here, so that what a command does not use costs it nothing.
"""
