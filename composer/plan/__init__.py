"""Plans: what has to be done so that the engine has what the project says, and why.

Every function here is pure: project and state in, plan out.
"""
