"""A made-up district of a made-up city: who lives there, who works there, where the streets run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"
GROUND: Final = DATA / "town.geojson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    name: str
    relation: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Somebody who may be visited."""

    key: str
    name: str
    sex: str
    born: date
    phone: str
    address: str
    note: str
    latitude: float
    longitude: float
    zone: str
    chronic: Sequence[str]
    lives_alone: bool
    family: Sequence[Relative]

    @property
    def station(self) -> str:
        """North of the river belongs to one station, south of it to the other."""
        return "cuihu" if self.zone in {"翠湖社区", "锦绣里社区", "东风新村社区"} else "binhe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody who goes and visits."""

    key: str
    name: str
    sex: str
    kind: str
    title: str
    started: date
    station: str
    latitude: float
    longitude: float
    travel: str
    papers: Sequence[str]
    week: str


def read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / name).read_text("utf-8"))
    return rows


def read_one(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / name).read_text("utf-8"))
    return found


@lru_cache(maxsize=1)
def neighbours() -> Sequence[Neighbour]:
    return [
        Neighbour(
            **{
                **row,
                "born": date.fromisoformat(row["born"]),
                "family": [
                    Relative(name=one["name"], relation=one["relation"], phone=one["phone"])
                    for one in row["family"]
                ],
            }
        )
        for row in read("residents.json")
    ]


@lru_cache(maxsize=1)
def colleagues() -> Sequence[Colleague]:
    return [Colleague(**{**row, "started": date.fromisoformat(row["started"])}) for row in read("staff.json")]


STATIONS: Final[Mapping[str, str]] = {"cuihu": "翠湖社区卫生服务站", "binhe": "滨河社区卫生服务站"}
CENTRE: Final = "清溪区社区卫生服务中心"
HOSPITAL: Final = "云杉市第二医院"
WARD: Final = "神经内科三病区"
OPERATOR: Final = "云杉安家照护"
# What the centre itself holds.
INSTITUTION_PAPERS: Final[Sequence[Mapping[str, Any]]] = (
    {
        "kind": "institution_licence",
        "number": "DEMO-JG-0001",
        "issuer": "云杉市清溪区卫生健康局（演示）",
        "scope": "预防保健科、全科医疗科、中医科、康复医学科",
        "days_left": 900,
    },
    {
        "kind": "home_care_ground",
        "number": "清溪卫医〔2023〕16号（演示）",
        "issuer": "云杉市清溪区卫生健康局（演示）",
        "scope": "家庭病床、巡诊、居家护理",
        "days_left": None,
    },
    {
        "kind": "liability_insurance",
        "number": "DEMO-BX-0426",
        "issuer": "云杉财产保险（演示）",
        "scope": "医疗责任险，每次事故限额 100 万元",
        "days_left": 330,
    },
)
