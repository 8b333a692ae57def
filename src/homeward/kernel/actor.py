"""Who acts: one frozen value for shoppers, staff, API keys, machines and the policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from homeward.kernel.money import Money


class Role(StrEnum):
    """The hats people and machines wear; lifecycles name them in `by`."""

    SHOPPER = "shopper"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    DOCK = "dock"
    FINANCE = "finance"
    MERCHANT = "merchant"
    OPERATOR = "operator"
    API = "api"  # a key of a shop or warehouse system
    CARRIER = "carrier"
    MACHINE = "machine"  # our own worker, on nobody's behalf
    POLICY = "policy"  # law and rulebook, deciding alone


STAFF = frozenset({Role.AGENT, Role.SUPERVISOR, Role.DOCK, Role.FINANCE, Role.MERCHANT, Role.OPERATOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who asks or acts, with the limits that hold for them.

    `merchant_id` fences every query; None means that the actor belongs to the operator and sees all merchants.
    `order_ids` is what a shopper has proved to be theirs. `authority` is the largest sum staff may grant alone;
    None means without limit.
    """

    role: Role
    id: str
    name: str = ""
    merchant_id: int | None = None
    authority: Money | None = None
    order_ids: frozenset[int] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)

    def __str__(self) -> str:
        return f"{self.role}:{self.id}"

    @property
    def is_staff(self) -> bool:
        """Whether a human of the operator or of a merchant acts."""
        return self.role in STAFF

    @property
    def sees_all_merchants(self) -> bool:
        """Whether this actor stands above the fences between merchants."""
        return self.merchant_id is None and self.role not in {Role.SHOPPER, Role.MERCHANT, Role.API}

    @property
    def fence(self) -> int:
        """The number of the one merchant whose rows this actor may see; 0, which no merchant has, for none."""
        return self.merchant_id or 0

    def sees(self, *, merchant_id: int, order_id: int | None = None) -> bool:
        """Whether a row of this merchant, about this order if any, lies within the actor's fence."""
        if self.role == Role.SHOPPER:
            return order_id in self.order_ids
        return self.sees_all_merchants or merchant_id == self.fence

    def may_grant(self, amount: Money) -> bool:
        """Whether `amount` lies within this actor's authority; a limit in another currency grants nothing."""
        if self.authority is None:
            return True
        return self.authority.currency == amount.currency and amount <= self.authority


POLICY = Actor(role=Role.POLICY, id="policy", name="Homeward")
MACHINE = Actor(role=Role.MACHINE, id="worker", name="Homeward")
