#!/usr/bin/env python3
"""`python manage.py X` is the same as `gatehouse X`."""

from gatehouse.web.command import main

if __name__ == "__main__":
    main()
