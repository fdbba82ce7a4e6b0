"""`python -m pipeline.update` is `litpool update`."""

import sys

from pipeline.cli import main

sys.exit(main(["update", *sys.argv[1:]]))
