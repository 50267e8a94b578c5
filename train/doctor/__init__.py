"""The data set doctor: what is wrong with the pictures, before training finds out. `examine(data)` gives a `Report`.

Where the pictures come from (`sources`), how they lie (`layout`), what is measured of each (`look`), what follows from it (`findings`,
`direction`, `classes`, `twins`), the contact sheet (`sheet`), and all of it together (`examination`).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from train.doctor.examination import Report, examine
    from train.doctor.findings import Finding

__all__ = ["Finding", "Report", "examine"]


def __getattr__(name: str):
    """Imported when first asked for (PEP 562): `train.data` brings torch, and the help of the command does without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from train.doctor import examination

    return getattr(examination, name)
