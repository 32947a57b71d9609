"""`python -m mockserver` is the same as the command `mockserver`."""

from mockserver.cli import main

main()
