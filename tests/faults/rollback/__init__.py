"""The rollback drill: from a decision to the last turn that the canary answers.

On processes under load, with a database that is slow or away, by kill file, and on a process that
is cut off from the news.
"""
