"""CommunityAccess: who may do what. Role ids are those of `commonhold.roles`."""

from collections.abc import Sequence

from commonhold.chain.call import Call
from commonhold.chain.contracts.base import Contract


class CommunityAccess(Contract):
    """The one AccessManager of a community. Delays are in seconds [s]."""

    NAME = "CommunityAccess"

    def grant_role(self, role: int, account: str, delay: int = 0) -> Call:
        """delay: how long its holder must announce what he does beforehand [s]."""
        return self.call("grantRole", role, account, delay)

    def revoke_role(self, role: int, account: str) -> Call:
        return self.call("revokeRole", role, account)

    def renounce_role(self, role: int, account: str) -> Call:
        return self.call("renounceRole", role, account)

    def accept_admin(self) -> Call:
        return self.call("acceptAdmin")

    def dismiss(self, role: int, account: str) -> Call:
        return self.call("dismiss", role, account)

    def label_role(self, role: int, label: str) -> Call:
        return self.call("labelRole", role, label)

    def set_target_function_role(self, target: str, selectors: Sequence[bytes], role: int) -> Call:
        return self.call("setTargetFunctionRole", target, list(selectors), role)

    def set_grant_delay(self, role: int, delay: int) -> Call:
        return self.call("setGrantDelay", role, delay)

    def set_target_admin_delay(self, target: str, delay: int) -> Call:
        return self.call("setTargetAdminDelay", target, delay)

    def set_target_closed(self, target: str, closed: bool) -> Call:
        return self.call("setTargetClosed", target, closed)

    def schedule(self, call: Call, when: int = 0) -> Call:
        """Announce a delayed call; `when` 0 = as soon as the delay allows [unix]."""
        return self.call("schedule", call.to, call.data, when)

    def execute(self, call: Call) -> Call:
        """Carry out a call that was announced."""
        return self.call("execute", call.to, call.data)

    def has_role(self, role: int, account: str) -> tuple[bool, int]:
        """(whether the account has the role now, its execution delay [s])"""
        member, delay = self.read("hasRole", role, account)
        return bool(member), int(delay)

    def admin_accepted(self, account: str) -> bool:
        """Whether the account is an ADMIN that has proved its key."""
        return bool(self.read("adminAccepted", account))

    def target_function_role(self, target: str, selector: bytes) -> int:
        return int(self.read("getTargetFunctionRole", target, selector))

    def role_grant_delay(self, role: int) -> int:
        return int(self.read("getRoleGrantDelay", role))

    def target_admin_delay(self, target: str) -> int:
        return int(self.read("getTargetAdminDelay", target))

    def admin_delay(self) -> int:
        """The least execution delay of an ADMIN after set-up [s]."""
        return int(self.read("adminDelay"))

    def setup_until(self) -> int:
        """[unix]"""
        return int(self.read("setupUntil"))
