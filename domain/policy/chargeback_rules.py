"""What a policy says about chargebacks that a payment provider reports."""

from domain.kernel.base import Value

# --- types ---


class ChargebackRules(Value):
    """`stays`: a dispute waits while a chargeback about its payment is under way. `reopens`: a closed dispute is reopened when
    the buyer got money by a chargeback, or lost it again. Without them a person does that.
    """

    stays: bool = True
    reopens: bool = False
