"""One way to ask vendors over HTTPS. The trusted certificates are read once: reading them takes longer than asking."""

import ssl
from functools import cache

import httpx


@cache
def certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def client(timeout: httpx.Timeout) -> httpx.Client:
    return httpx.Client(timeout=timeout, verify=certificates())
