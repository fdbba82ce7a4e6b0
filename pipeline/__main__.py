"""`python -m pipeline` is the command `litpool`."""

import sys

from pipeline.cli import main

sys.exit(main())
