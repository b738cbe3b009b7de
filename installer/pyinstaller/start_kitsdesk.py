"""The bundle's window: `kitsdesk`."""

from multiprocessing import freeze_support

freeze_support()

from trainer.contract.programs import forget_loader_paths  # noqa: E402

forget_loader_paths()

import sys  # noqa: E402

from kitsdesk.__main__ import main  # noqa: E402

sys.exit(main())
