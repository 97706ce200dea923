"""What granian loads in each of its processes."""

import os

from anjia.machine.application import Application
from anjia.machine.children import serve_on_without_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anjia.web.settings")
application = Application()
serve_on_without_parent(application.is_succeeded)
