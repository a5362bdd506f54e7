"""The types of the values in a movement: words that are checked while they are read, and closed lists of choices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal


class Word(Enum):
    """How a text is checked while it is read, and which untyped values exist."""

    FILLED = "filled"
    SLUG = "slug"
    CODE = "code"
    CHOICE = "choice"
    SCALAR = "scalar"
    SCALE = "scale"


Filled = Annotated[str, Word.FILLED]
Slug = Annotated[str, Word.SLUG]
Code = Annotated[str, Word.CODE]
ChoiceId = Annotated[str, Word.CHOICE]
Scalar = Annotated[bool | Decimal | str | date, Word.SCALAR]
Scale = Annotated[Decimal | Literal["open"], Word.SCALE]

Subject = Literal["initiative", "person", "collective"]
Verified = Literal["V", "V2", "D", "UNVERIFIED"]
FieldKind = Literal["text", "longtext", "number", "money", "date", "choice", "choices", "yesno", "file"]
FactKind = Literal["count", "number", "yesno", "choice"]
CriterionKind = Literal["points", "levels", "value", "group", "remark"]
BelowMin = Literal["note", "fail", "disqualify"]
GateEffect = Literal["note", "cap", "fail", "disqualify"]
RoundingMode = Literal["half_up", "half_even", "up"]
Method = Literal["mean", "median", "trimmed_mean", "sum"]
ReachLevel = Literal["co-so", "tren-co-so", "tinh", "toan-quoc"]
Test = Literal["field_is", "date_window", "within_months", "member", "tenure", "unit_kind", "not_awarded"]
