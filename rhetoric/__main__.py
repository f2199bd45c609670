"""`python -m rhetoric` is the command line."""

import sys

from rhetoric.cli.app import main

sys.exit(main())
