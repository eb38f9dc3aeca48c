"""`python -m config.run`: what `make run` calls."""

import sys

from config.run.supervisor import main

sys.exit(main())
