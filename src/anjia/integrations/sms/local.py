"""For a demo, where no SMS is sent: the code stands on the page."""

import logging

log = logging.getLogger(__name__)


class NotSent:
    def send(self, phone: str, code: str) -> None:
        """Send nothing, and say so without the number or the code."""
        log.info("a sign-in code was made and not sent: this is a demo")
