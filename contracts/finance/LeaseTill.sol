// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Tally} from "../lib/Tally.sol";
import {LeaseBook} from "./LeaseBook.sol";

/// @title What LeaseAgreement holds for others, and the way out to them
/// @notice Part of LeaseAgreement's own code. Receiving never reverts: a share that cannot be delivered waits here. Money [cmt].
library LeaseTill {
    using Tally for Tally.Sums;

    uint256 private constant MOST = 256; // payees that the token takes in one call

    struct Till {
        mapping(uint32 party => uint256) owed; // undelivered shares [cmt]
        uint256 held; // Σ pots + Σ owed [cmt]
    }

    /// @notice Landlord and manager of one lease join those who are paid.
    function add(Tally.Sums memory out, LeaseBook.Payees memory p) internal pure {
        out.add(p.landlord, p.toLandlord);
        out.add(p.manager, p.toManager);
    }

    /// @notice Pays every party its sum.
    function deliver(Till storage till, ICommunityToken token, IPartyRegistry registry, Tally.Sums memory out) internal {
        (uint256[] memory parties, uint256[] memory sums) = out.list();
        pay(till, token, registry, parties, sums);
    }

    /// @notice Pays every party once, 256 in a call.
    function pay(Till storage till, ICommunityToken token, IPartyRegistry registry, uint256[] memory parties, uint256[] memory sums) internal {
        uint256 n = parties.length;
        if (n == 0) return;
        uint256[] memory items = itemsOf(registry, parties, sums);
        if (n <= MOST) return keep(till, parties, sums, 0, token.disburse(items));
        for (uint256 from; from < n; from += MOST) {
            uint256[] memory some = new uint256[](n - from < MOST ? n - from : MOST);
            for (uint256 i; i < some.length; ++i) some[i] = items[from + i];
            keep(till, parties, sums, from, token.disburse(some));
        }
    }

    /// @notice Parties and sums as the token takes them: by current wallet, none while a recovery is pending.
    function itemsOf(IPartyRegistry registry, uint256[] memory parties, uint256[] memory sums) internal view returns (uint256[] memory items) {
        items = registry.payeesOf(parties);
        for (uint256 i; i < items.length; ++i) items[i] |= sums[i] << 160;
    }

    /// @notice A share that could not be delivered waits in `owed`.
    /// @param undelivered a bit for each party from `from` on
    function keep(Till storage till, uint256[] memory parties, uint256[] memory sums, uint256 from, uint256 undelivered) internal {
        for (uint256 i = from; undelivered != 0; (++i, undelivered >>= 1)) {
            if (undelivered & 1 == 0) continue;
            till.owed[uint32(parties[i])] += sums[i];
            till.held += sums[i];
            emit ILeaseAgreement.ShareHeld(parties[i], sums[i]);
        }
    }
}
