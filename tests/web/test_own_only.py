"""What somebody typed is never a script: it is escaped, and should that fail, the browser is told to run ours alone."""

import re
from pathlib import Path

import pytest
from django.test import Client

import anjia

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:|\bhx-on", re.IGNORECASE)
TEMPLATES = sorted(Path(anjia.__path__[0]).glob("*/templates/**/*.html"))


class TestPages:
    @pytest.mark.parametrize("path", ["/", "/console/", "/no/such/page", "/api/v1/openapi.json"])
    def test_run_our_own_scripts_only(self, client: Client, database: None, path: str) -> None:
        policy = client.get(path)["Content-Security-Policy"]

        assert "default-src 'self'" in policy
        assert "connect-src 'self' blob:;" in policy  # the phone reads the photo that it is about to send
        assert "script-src" not in policy  # so that the line above is what holds for scripts
        assert "frame-ancestors 'none'" in policy

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
    def test_need_no_other(self, path: Path) -> None:
        assert INLINE.findall(path.read_text()) == []
