"""How an account speaks: the names, languages and addresses that its texts may carry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """`signatures` are those registered in China, the usual one first; `brand` names the sender.

    `contact` is the number or link that takes refusals where nobody can answer a text;
    `registrations` are ids of markets' rules, `hosts` those of registered links.
    """

    language: str | None = None
    signatures: tuple[str, ...] = ()
    brand: str | None = None
    contact: str | None = None
    registrations: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    def signature_of(self, text: str, wanted: str | None = None) -> str | None:
        """Give the signature for a text: the one wanted, the one it carries, or the usual one.

        Only registered ones count: carriers refuse every other.
        """
        if wanted in self.signatures:
            return wanted
        carried = [one for one in self.signatures if text.startswith(f"【{one}】")]
        return next(iter((*carried, *self.signatures)), None)
