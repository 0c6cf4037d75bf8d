// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {IDepositEscrow} from "../../interfaces/IDepositEscrow.sol";
import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {IUnitRegistry} from "../../interfaces/IUnitRegistry.sol";
import {Calendar} from "../lib/Calendar.sol";
import {LeaseTermsLib} from "../lib/LeaseTermsLib.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {RentMath} from "../lib/RentMath.sol";
import {Signatures} from "../lib/Signatures.sol";
import {LeaseBook} from "./LeaseBook.sol";

/// @title The first entry of a lease in the books: signed terms become words, and the first money comes in
/// @notice A linked library of LeaseAgreement, which would not fit its size limit with it; it works on LeaseAgreement's storage and calls
/// only the suite's own contracts, but for the ERC-1271 question to a contract wallet. Sums split over tenants round down; the last tenant takes the rest.
library LeaseOpening {
    using RentMath for RentMath.Schedule;

    /// @dev Whom LeaseAgreement deals with, and who called it.
    struct Ports {
        ICommunityToken token;
        IPartyRegistry parties;
        IUnitRegistry units;
        IDepositEscrow escrow;
        address caller;
    }

    // ================================================================ activate

    /// @notice Refuses terms that have expired, were used or withdrawn, cannot be kept or were not signed by all; writes the new lease, takes
    /// the unit and brings the first money in.
    /// @param domainSeparator of LeaseAgreement (EIP-712)
    /// @param activation the arguments of activate as they came in, which LeaseAgreement has decoded already: encoding them once more would cost
    /// some 5,000 gas
    function open(
        LeaseBook.Book storage b,
        mapping(bytes32 termsHash => uint32 lease) storage leaseOf,
        mapping(uint32 party => uint256) storage offerNonce,
        Ports memory ports,
        bytes32 domainSeparator,
        uint32 lease,
        uint256 day,
        bytes calldata activation
    ) external {
        ILeaseAgreement.LeaseTerms calldata t = _terms(activation);
        (LeaseTermsLib.Terms memory m, bytes32 termsHash) = LeaseTermsLib.read(t);
        LeaseTermsLib.Head memory h = m.head;
        if (block.timestamp > h.deadline) revert ILeaseAgreement.LeaseTermsExpired(uint64(h.deadline), block.timestamp);
        uint256 nonce = offerNonce[uint32(h.landlord)];
        if (h.nonce != nonce) revert ILeaseAgreement.LeaseNonceStale(h.landlord, h.nonce, nonce);
        LeaseTermsLib.check(m, t, day);
        termsHash = MessageHashUtils.toTypedDataHash(domainSeparator, termsHash);
        uint32 used = leaseOf[termsHash];
        if (used == type(uint32).max) revert ILeaseAgreement.LeaseTermsWithdrawn(termsHash);
        if (used != 0) revert ILeaseAgreement.LeaseTermsUsed(termsHash, used);
        leaseOf[termsHash] = lease;
        uint256[] memory wallets = _checkSigned(ports.parties, m.signers, termsHash, _signatures(activation));
        uint256[] memory words = _write(b, lease, m, t, day);
        emit ILeaseAgreement.LeaseActivated(lease, h.unit, termsHash, h.documentHash, words);

        ports.units.occupy(uint32(h.unit), lease, uint32(h.landlord), uint32(m.signers[1]), uint32(h.startDay), uint32(h.endDay));
        if (m.opening.day != 0) _takeOver(ports, m);
        else _takeFirstMoney(ports, m, t.fees, wallets, words[4], _permits(activation));
        if (h.deposit != 0) ports.escrow.book(lease, words[4]);
    }

    /// @notice EIP-712 struct hash of the terms.
    /// @param arguments of a call, with the terms as the first of them
    function structHash(bytes calldata arguments) external pure returns (bytes32 hash) {
        (, hash) = LeaseTermsLib.read(_terms(arguments));
    }

    // ================================================================ the arguments

    /// @dev The terms: the first of the arguments, `offset` bytes into them.
    function _terms(bytes calldata arguments) private pure returns (ILeaseAgreement.LeaseTerms calldata t) {
        assembly ("memory-safe") {
            t := add(arguments.offset, calldataload(arguments.offset))
        }
    }

    /// @dev The signatures: the second of the arguments.
    function _signatures(bytes calldata activation) private pure returns (bytes[] calldata list) {
        assembly ("memory-safe") {
            let at := add(activation.offset, calldataload(add(activation.offset, 0x20)))
            list.offset := add(at, 0x20)
            list.length := calldataload(at)
        }
    }

    /// @dev The permits: the third of the arguments.
    function _permits(bytes calldata activation) private pure returns (ILeaseAgreement.Permit[] calldata list) {
        assembly ("memory-safe") {
            let at := add(activation.offset, calldataload(add(activation.offset, 0x40)))
            list.offset := add(at, 0x20)
            list.length := calldataload(at)
        }
    }

    // ================================================================ who signed

    /// @dev The landlord, then every tenant, each with the current wallet of the party.
    function _checkSigned(IPartyRegistry parties, uint256[] memory signers, bytes32 termsHash, bytes[] calldata signatures)
        private
        view
        returns (uint256[] memory wallets)
    {
        uint256 n = signers.length;
        if (signatures.length != n) revert ILeaseAgreement.LeaseTermsInvalid("signatures", signatures.length, n);
        wallets = parties.walletsOf(signers);
        for (uint256 i; i < n; ++i) {
            address wallet = address(uint160(wallets[i]));
            if (wallet == address(0)) revert ILeaseAgreement.LeasePartyHasNoWallet(signers[i]);
            if (!Signatures.isValid(wallet, termsHash, signatures[i])) revert ILeaseAgreement.LeaseSignatureInvalid(signers[i], wallet);
        }
    }

    // ================================================================ the words

    /// @dev Writes the lease and its accounts.
    /// @return words what LeaseActivated tells of the terms; the fifth is the deposit by tenant, as DepositEscrow books it
    function _write(LeaseBook.Book storage b, uint256 lease, LeaseTermsLib.Terms memory m, ILeaseAgreement.LeaseTerms calldata t, uint256 day)
        private
        returns (uint256[] memory words)
    {
        LeaseTermsLib.Head memory h = m.head;
        LeaseTermsLib.Opening memory o = m.opening;
        uint256 n = m.shares.length;
        uint256 joint = n == 1 ? 0 : n;
        RentMath.Schedule memory s = _schedule(h, o);
        uint256 steps = _writeSteps(b.segments[lease], s, o, t.steps);
        uint256 cost = s.total();
        if (cost > LeaseTermsLib.MAX_AMOUNT) revert ILeaseAgreement.LeaseTermsInvalid("total", cost, LeaseTermsLib.MAX_AMOUNT);
        uint256 had = o.paid + o.prepaid;
        if (had > cost) revert ILeaseAgreement.LeaseTermsInvalid("opening", had, cost);

        words = new uint256[](5 + joint + steps);
        uint256 hot = _hot(h, s, m.signers);
        uint256 parts = h.arbiter << 224;
        // rent due before its period begins may be due before today: late fees count from today on
        bool fromToday = o.day != 0 || h.breakFee != 0 || h.dueOffset < 0;
        for (uint256 i; i < n; ++i) {
            uint256 settled = _partOf(m.shares, o.paid, i);
            uint256 pot = _partOf(m.shares, o.prepaid, i);
            uint256 late = _partOf(m.shares, o.lateFees, i);
            if (joint == 0) hot = W.withFlag(W.withSettled(hot, settled, pot), W.FEE, late != 0);
            else words[5 + i] = b.account[(lease << 2) | i] = W.account(m.signers[i + 1], m.shares[i], settled, pot);
            if (fromToday) b.fee[(lease << 2) | i] = W.withAccrual(W.withBreakFee(h.breakFee), late * RentMath.BPS, day);
            parts |= _partOf(m.shares, h.deposit, i) << (56 * i);
        }
        words[0] = b.hot[lease] = hot;
        words[1] = b.plan[lease] = W.plan(h, n, s.rentStart);
        if (o.day != 0 || h.breakFee != 0) words[2] = b.fee[lease << 2];
        words[3] = o.paid | (o.arrears << 64) | (o.lateFees << 128) | (o.prepaid << 192);
        words[4] = parts;
        for (uint256 k; k < steps; ++k) words[5 + joint + k] = s.segments[k];
    }

    function _schedule(LeaseTermsLib.Head memory h, LeaseTermsLib.Opening memory o) private pure returns (RentMath.Schedule memory s) {
        s.rentStart = o.day != 0 ? o.day : h.startDay + h.rentFreeDays;
        s.endDay = h.endDay;
        s.anchor = LeaseTermsLib.anchorOf(h);
        s.interval = h.interval;
        s.dueOffset = h.dueOffset;
        s.dayCount = h.dayCount;
        s.derive();
        s.segments = new uint256[](1);
        s.segments[0] = RentMath.segment(s.first, h.rent, 0, o.arrears);
        s.plain = !s.stub && s.endsWhole && h.interval == 1 && h.dueOffset == 0 && o.arrears == 0;
    }

    /// @dev The segments that the terms already agree; stored only if the hot word's rent is not all there is to know.
    /// @return count segments stored
    function _writeSteps(
        uint256[] storage segments,
        RentMath.Schedule memory s,
        LeaseTermsLib.Opening memory o,
        ILeaseAgreement.RentStep[] calldata steps
    ) private returns (uint256 count) {
        if (o.arrears == 0 && steps.length == 0) return 0;
        s.plain = false;
        count = steps.length + 1;
        segments.push(s.segments[0]);
        for (uint256 k; k < steps.length; ++k) {
            (uint256 day, uint256 rent) = (steps[k].day, steps[k].rent);
            uint256 label = Calendar.labelOf(s.anchor, day);
            bool good = Calendar.boundary(s.anchor, label) == day && label <= s.last && label > RentMath.monthOf(s.segments[k]);
            if (!good) revert ILeaseAgreement.LeaseTermsInvalid("steps.day", day, k);
            LeaseTermsLib.checkRent("steps.rent", rent);
            segments.push(RentMath.segment(label, rent, s.cumulative(label - 1), 0));
            s.segments = segments;
        }
    }

    function _hot(LeaseTermsLib.Head memory h, RentMath.Schedule memory s, uint256[] memory signers) private pure returns (uint256) {
        uint256 flags = (signers.length == 2 ? 0 : W.JOINT) | (s.plain ? 0 : W.SHAPED) | (h.commission == 0 ? 0 : W.COMMISSION);
        uint256 endLabel = s.endsWhole ? s.last + 1 : s.last;
        return W.hot(h.rent, s.first, endLabel, s.anchor, uint256(ILeaseAgreement.State.Active), flags, signers[1], signers[0]);
    }

    /// @dev One tenant's part of a sum, by the shares of the terms.
    function _partOf(uint256[] memory shares, uint256 sum, uint256 index) private pure returns (uint256 part) {
        if (sum == 0) return 0;
        if (index + 1 != shares.length) return sum * shares[index] / RentMath.BPS;
        part = sum;
        for (uint256 i; i < index; ++i) part -= sum * shares[i] / RentMath.BPS;
    }

    // ================================================================ the first money

    /// @dev A lease taken over: whoever submits it brings the deposit and the prepayments that he held.
    function _takeOver(Ports memory ports, LeaseTermsLib.Terms memory m) private {
        if (m.head.deposit != 0) ports.token.pullTo(ports.caller, address(ports.escrow), m.head.deposit);
        if (m.opening.prepaid != 0) ports.token.pull(ports.caller, m.opening.prepaid);
    }

    /// @dev A new lease: every tenant brings his part of the deposit and of the one-off fees, by mandate, allowance or permit.
    function _takeFirstMoney(
        Ports memory ports,
        LeaseTermsLib.Terms memory m,
        ILeaseAgreement.OneOffFee[] calldata fees,
        uint256[] memory wallets,
        uint256 parts,
        ILeaseAgreement.Permit[] calldata permits
    ) private {
        uint256 sum;
        for (uint256 k; k < fees.length; ++k) sum += fees[k].amount;
        for (uint256 i; i < m.shares.length; ++i) {
            address tenant = address(uint160(wallets[i + 1]));
            if (i < permits.length && permits[i].value != 0) {
                ILeaseAgreement.Permit calldata p = permits[i];
                // a permit that somebody else has already submitted is no failure: the allowance is what counts
                try ports.token.permit(tenant, address(this), p.value, p.deadline, p.v, p.r, p.s) {} catch {}
            }
            uint256 part = uint56(parts >> (56 * i));
            if (part != 0) ports.token.pullTo(tenant, address(ports.escrow), part);
            part = _partOf(m.shares, sum, i);
            if (part != 0) ports.token.pull(tenant, part);
        }
    }
}
