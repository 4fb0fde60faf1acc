"""Works on a book until it is killed: the sensor and its runs, in a process of their own. For tests."""

from __future__ import annotations

import json
import sys
from uuid import UUID

from litink.production.studio import Studio
from litink.settings import Settings
from tests.production.plan.conftest import work

if __name__ == "__main__":
    with Studio.opened(Settings(_env_file=None, **json.loads(sys.argv[1]))) as studio:
        work(studio, UUID(sys.argv[2]), film=False)
