"""Somebody at the console: reads its pages' forms and sends them as a browser does; and a nurse's phone beside her."""

import random
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx


@dataclass
class Form:
    action: str
    values: dict[str, Any] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page, as a browser sends them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.named: dict[str, Form] = {}  # what is ticked outside of a form says to which it belongs
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method") == "post":
            form = self.named.setdefault(said["id"], Form("")) if "id" in said else Form("")
            form.action = said.get("action", "")
            self.found.append(form)
        elif tag == "input" and said.get("name") and (self.found or "form" in said):
            if said.get("type") == "checkbox" and "checked" not in said:
                return
            form = self.named.setdefault(said["form"], Form("")) if "form" in said else self.found[-1]
            old = form.values.get(said["name"])
            value = said.get("value", "")
            form.values[said["name"]] = (
                value if old is None else [*([old] if isinstance(old, str) else old), value]
            )
        elif self.found and tag == "button" and said.get("name"):
            self.found[-1].buttons.append((said["name"], said.get("value", "")))


@dataclass
class Hand:
    """Somebody at the console, signed in; counts what she was told."""

    url: str
    card: str
    told: Counter[str]
    dice: random.Random
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            base_url=self.url, timeout=60, trust_env=False, headers={"Referer": self.url}
        )
        csrf = self.client.get("/").text.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        self.client.post(f"/demo/{self.card}", data={"csrfmiddlewaretoken": csrf})
        self.client.headers["X-CSRFToken"] = self.client.cookies["csrftoken"]

    def forms(self, path: str) -> list[Form]:
        page = self.client.get(path)
        if page.status_code >= 500:
            self.told[f"fault: {page.status_code} {path.split('?')[0][:40]}"] += 1
        return Forms(page.text).found

    def send(self, name: str, form: Form, /, **more: Any) -> httpx.Response:
        answer = self.client.post(form.action, data={**form.values, **more})
        refused = (
            'class="refusal' in answer.text
            or "msg bad" in answer.text
            or 'msg warn" role="alert"' in answer.text  # of several things some were refused
            or answer.status_code in {404, 409, 422}
        )
        if answer.status_code == 303:
            self.told[f"{name}: done"] += 1
        elif refused and answer.status_code < 500:
            self.told[f"{name}: refused in words ({answer.status_code})"] += 1
        else:
            self.told[f"fault: {name} {answer.status_code}"] += 1
        return answer


@dataclass
class Phone:
    """A caregiver's phone, signed in; counts what it was told."""

    url: str
    card: str
    told: Counter[str]
    dice: random.Random
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=f"{self.url}/api/v1/", timeout=60, trust_env=False)
        entry = self.client.post(f"demo/cards/{self.card}/sign-in").json()
        self.client.headers["Authorization"] = f"Bearer {entry['token']}"

    def answer(self) -> None:
        """Take what is offered, or say no to it."""
        offers = self.client.get("work/offers")
        asked = offers.json() if offers.status_code == 200 else []
        if not asked:
            return
        what = self.dice.choice(("accept", "accept", "decline"))
        said = self.client.post(f"work/offers/{self.dice.choice(asked)['id']}/{what}", json={})
        if said.status_code == 201:
            self.told[f"{what}: done"] += 1
        elif said.status_code in {404, 409}:
            self.told[f"{what}: refused in words ({said.status_code})"] += 1
        else:
            self.told[f"fault: {what} {said.status_code}"] += 1
