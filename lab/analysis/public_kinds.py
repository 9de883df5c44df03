# SPDX-License-Identifier: Apache-2.0
"""Which kinds of public captures the lab's kinds are held against, and the message sizes that others printed."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.failure import LabFailure

# Of a segment in a conversation that mines; of any other they are mere names.
ROLES = ("login", "job", "submit", "reply")


@dataclass(frozen=True)
class Published:
    """A dialect's payload bytes by role, as others printed them; what is not known is not there."""

    dialect: str
    lab: Sequence[str]
    public: Sequence[str]
    sizes: Mapping[str, str]


@dataclass(frozen=True)
class PublicKinds:
    """lab/public_kinds.toml, or a file like it."""

    kinds: Mapping[str, Sequence[str]]
    published: Sequence[Published]

    @property
    def lab_kinds(self) -> set[str]:
        return {*self.kinds, *(kind for each in self.published for kind in each.lab)}

    @property
    def public_kinds(self) -> set[str]:
        return {kind for each in [*self.kinds.values(), *(shape.public for shape in self.published)] for kind in each}


def read_public_kinds(file: Path) -> PublicKinds:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabFailure(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise LabFailure(f"{file}: {error}") from error
    kinds = document.get("kinds")
    if not isinstance(kinds, dict) or not all(map(_are_names, kinds.values())):
        raise LabFailure(f'{file}: wants a table [kinds] with lines such as: xmrig-plain = ["xmrig-plain"]')
    shapes = document.get("published", [])
    if not isinstance(shapes, list) or not all(map(_is_published, shapes)):
        raise LabFailure(f"{file}: each [[published]] wants texts as dialect and {', '.join(ROLES)} (those that are "
                         "known), and lists of names as lab and public")  # fmt: skip
    published = [
        Published(
            shape["dialect"], shape["lab"], shape["public"], {role: shape[role] for role in ROLES if role in shape}
        )
        for shape in shapes
    ]
    return PublicKinds(kinds, published)


def _is_published(shape: object) -> bool:
    return (
        isinstance(shape, dict)
        and all(_are_names(shape.get(side)) for side in ("lab", "public"))
        and isinstance(shape.get("dialect"), str)
        and all(isinstance(shape.get(role, ""), str) for role in ROLES)
    )


def _are_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
