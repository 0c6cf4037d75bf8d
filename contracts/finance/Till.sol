// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {ITill} from "../../interfaces/ITill.sol";
import {SuiteCalls} from "../lib/SuiteCalls.sol";
import {Tally} from "../lib/Tally.sol";

/// @title Money in from mandates, money out to current wallets, and what cannot be delivered waits for its party
/// @notice Part of the code of LeaseAgreement, PropertyFee and BillRuns. Parties are looked up at the edge; nobody is paid while his recovery is pending.
/// Money [cmt].
library Till {
    using Tally for Tally.Sums;

    uint256 private constant MOST = 256; // payees that the token takes in one call

    struct Box {
        mapping(uint256 party => uint256) owed; // undelivered shares [cmt]
        uint256 held; // all that the contract owes: Σ owed, and Σ pots where it keeps prepaid cash [cmt]
    }

    // ---------------------------------------------------------------- out of what the contract has

    /// @notice Pays every party its sum.
    function deliver(Box storage box, ICommunityToken token, IPartyRegistry registry, Tally.Sums memory out) internal {
        (uint256[] memory parties, uint256[] memory sums) = out.list();
        deliver(box, token, registry, parties, sums);
    }

    /// @notice Pays every party once, 256 in a call.
    function deliver(Box storage box, ICommunityToken token, IPartyRegistry registry, uint256[] memory parties, uint256[] memory sums) internal {
        uint256 n = parties.length;
        if (n == 0) return;
        uint256[] memory items = _itemsOf(registry, parties, sums);
        if (n <= MOST) return _keep(box, parties, sums, 0, token.disburse(items));
        for (uint256 from; from < n; from += MOST) {
            uint256[] memory some = new uint256[](n - from < MOST ? n - from : MOST);
            for (uint256 i; i < some.length; ++i) some[i] = items[from + i];
            _keep(box, parties, sums, from, token.disburse(some));
        }
    }

    /// @notice Pays one party.
    function deliverOne(Box storage box, ICommunityToken token, IPartyRegistry registry, uint256 party, uint256 amount) internal {
        (uint256[] memory parties, uint256[] memory sums) = (new uint256[](1), new uint256[](1));
        (parties[0], sums[0]) = (party, amount);
        deliver(box, token, registry, parties, sums);
    }

    /// @notice Delivers what waits for a party; held again, with its event, if the party still cannot be reached.
    /// @return amount what waited: with 0 nothing happens
    function withdraw(Box storage box, ICommunityToken token, IPartyRegistry registry, uint256 party) internal returns (uint256 amount) {
        amount = box.owed[party];
        if (amount == 0) return 0;
        box.owed[party] = 0;
        box.held -= amount;
        emit ITill.OwedWithdrawn(party, amount);
        deliverOne(box, token, registry, party, amount);
    }

    // ---------------------------------------------------------------- from a payer straight to the payees

    /// @notice Takes `amount` of the payer and pays every party its sum. More may go out than comes in: prepaid cash that fell due meanwhile.
    function pass(
        Box storage box,
        ICommunityToken token,
        IPartyRegistry registry,
        address payer,
        uint256 amount,
        uint256[] memory parties,
        uint256[] memory sums
    ) internal {
        uint256 total;
        for (uint256 i; i < sums.length; ++i) total += sums[i];
        if (total > amount) {
            token.pull(payer, amount);
            return deliver(box, token, registry, parties, sums);
        }
        _keep(box, parties, sums, 0, token.disburseFrom(payer, amount, _itemsOf(registry, parties, sums)));
    }

    function pass(Box storage box, ICommunityToken token, IPartyRegistry registry, address payer, uint256 amount, Tally.Sums memory out) internal {
        (uint256[] memory parties, uint256[] memory sums) = out.list();
        pass(box, token, registry, payer, amount, parties, sums);
    }

    /// @notice Takes `amount` of the payer for one party.
    function passOne(Box storage box, ICommunityToken token, IPartyRegistry registry, address payer, uint256 amount, uint256 party) internal {
        uint256 item = (amount << 160) | uint160(registry.receiverOf(uint32(party)));
        if (SuiteCalls.disburseOneFrom(token, payer, amount, item) != 0) _hold(box, party, amount);
    }

    // ---------------------------------------------------------------- from mandates

    /// @notice Asks the token for some amounts, by index; with nothing to ask, nothing is called. [wallets, cmt] → token's answers
    function collect(ICommunityToken token, uint256[] memory wallets, uint256[] memory amounts) internal returns (uint256[] memory answers) {
        answers = new uint256[](amounts.length);
        uint256 any;
        for (uint256 i; i < amounts.length; ++i) {
            if (amounts[i] == 0) continue;
            any = 1;
            answers[i] = (amounts[i] << 160) | wallets[i];
        }
        if (any != 0) answers = token.collect(answers);
    }

    // ---------------------------------------------------------------- shared

    /// @dev Parties and sums as the token takes them: by current wallet, none while a recovery is pending.
    function _itemsOf(IPartyRegistry registry, uint256[] memory parties, uint256[] memory sums) private view returns (uint256[] memory items) {
        items = registry.payeesOf(parties);
        for (uint256 i; i < items.length; ++i) items[i] |= sums[i] << 160;
    }

    /// @param undelivered a bit for each party from `from` on
    function _keep(Box storage box, uint256[] memory parties, uint256[] memory sums, uint256 from, uint256 undelivered) private {
        for (uint256 i = from; undelivered != 0; (++i, undelivered >>= 1)) {
            if (undelivered & 1 != 0) _hold(box, parties[i], sums[i]);
        }
    }

    function _hold(Box storage box, uint256 party, uint256 amount) private {
        box.owed[party] += amount;
        box.held += amount;
        emit ITill.ShareHeld(party, amount);
    }
}
