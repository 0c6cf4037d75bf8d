// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IBillRuns} from "../../interfaces/IBillRuns.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";

/// @title Money out of BillRuns: to current wallets, and what cannot be delivered waits for its party
library BillTill {
    struct Till {
        mapping(uint256 party => uint256) owed; // undelivered shares [cmt]
        uint256 held; // Σ owed [cmt]
    }

    /// @notice From the payer straight to the payees.
    function pullFor(
        Till storage t,
        ICommunityToken token,
        IPartyRegistry registry,
        address payer,
        uint256 amount,
        uint256[] memory parties,
        uint256[] memory sums
    ) internal {
        _keep(t, parties, sums, 0, token.disburseFrom(payer, amount, _itemsOf(registry, parties, sums)));
    }

    /// @notice Out of what came in with this call, 256 payees at a time.
    function deliver(Till storage t, ICommunityToken token, IPartyRegistry registry, uint256[] memory parties, uint256[] memory sums) internal {
        uint256[] memory items = _itemsOf(registry, parties, sums);
        for (uint256 from; from < items.length; from += 256) {
            uint256 n = items.length - from < 256 ? items.length - from : 256;
            uint256[] memory some = new uint256[](n);
            for (uint256 i; i < n; ++i) some[i] = items[from + i];
            _keep(t, parties, sums, from, token.disburse(some));
        }
    }

    /// @notice Delivers a party's held shares; held again, with its event, if the party still cannot be reached.
    function withdraw(Till storage t, ICommunityToken token, IPartyRegistry registry, uint32 party) internal {
        uint256 amount = t.owed[party];
        if (amount == 0) revert IBillRuns.BillNothingOwed(party);
        t.owed[party] = 0;
        t.held -= amount;
        emit IBillRuns.OwedWithdrawn(party, amount);
        (uint256[] memory payees, uint256[] memory sums) = two(party, amount, 0, 0);
        deliver(t, token, registry, payees, sums);
    }

    /// @notice A list of one payee, or of two if the second gets anything.
    function two(uint256 first, uint256 sum, uint256 second, uint256 rest) internal pure returns (uint256[] memory parties, uint256[] memory sums) {
        uint256 count = rest == 0 ? 1 : 2;
        (parties, sums) = (new uint256[](count), new uint256[](count));
        (parties[0], sums[0]) = (first, sum);
        if (count == 2) (parties[1], sums[1]) = (second, rest);
    }

    /// @dev Parties and sums as the token takes them: by current wallet, none while a recovery is pending.
    function _itemsOf(IPartyRegistry registry, uint256[] memory parties, uint256[] memory sums) private view returns (uint256[] memory items) {
        items = registry.payeesOf(parties);
        for (uint256 i; i < items.length; ++i) items[i] |= sums[i] << 160;
    }

    function _keep(Till storage t, uint256[] memory parties, uint256[] memory sums, uint256 from, uint256 undelivered) private {
        for (uint256 i = from; undelivered != 0; (++i, undelivered >>= 1)) {
            if (undelivered & 1 == 0) continue;
            t.owed[parties[i]] += sums[i];
            t.held += sums[i];
            emit IBillRuns.ShareHeld(parties[i], sums[i]);
        }
    }
}
