// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Calendar} from "../lib/Calendar.sol";
import {LeaseTermsLib} from "../lib/LeaseTermsLib.sol";
import {LeaseWords as W} from "../lib/LeaseWords.sol";
import {RentMath} from "../lib/RentMath.sol";
import {Signatures} from "../lib/Signatures.sol";
import {LeaseBook} from "./LeaseBook.sol";

/// @title The first entry of a lease in the books: signed terms become words
/// @notice A linked library of LeaseAgreement, which would not fit its size limit with it; it works on LeaseAgreement's storage.
/// Sums split over tenants round down; the last tenant takes the rest.
library LeaseOpening {
    using LeaseBook for LeaseBook.Book;
    using RentMath for RentMath.Schedule;

    /// @notice Checks who signed `termsHash`: the landlord, then every tenant, each with the current wallet of the party.
    /// @return tenants the tenants' wallets
    function _checkSigned(
        IPartyRegistry parties, ILeaseAgreement.LeaseTerms calldata t, bytes32 termsHash, bytes[] calldata signatures
    ) private view returns (address[] memory tenants) {
        uint32[] calldata parties_ = t.tenants;
        uint256 n = parties_.length;
        if (signatures.length != n + 1) revert ILeaseAgreement.LeaseTermsInvalid("signatures", signatures.length, n + 1);
        uint256[] memory signers = new uint256[](n + 1);
        signers[0] = t.landlord;
        for (uint256 i; i < n; ++i) signers[i + 1] = parties_[i];
        uint256[] memory wallets = parties.walletsOf(signers);
        tenants = new address[](n);
        for (uint256 i; i <= n; ++i) {
            address wallet = address(uint160(wallets[i]));
            if (wallet == address(0)) revert ILeaseAgreement.LeasePartyHasNoWallet(signers[i]);
            if (!Signatures.isValid(wallet, termsHash, signatures[i])) revert ILeaseAgreement.LeaseSignatureInvalid(signers[i], wallet);
            if (i != 0) tenants[i - 1] = wallet;
        }
    }

    /// @notice Refuses terms that have expired, were used or withdrawn, cannot be kept or were not signed by all; writes the new lease.
    /// @param domainSeparator of LeaseAgreement (EIP-712)
    /// @param activation the arguments of activate as they came in, which LeaseAgreement has decoded already: encoding them once more would cost
    /// some 5,000 gas
    /// @return tenants their wallets
    /// @return parts the deposit by tenant, as DepositEscrow books it (56 bits each), and the arbiter
    function open(
        LeaseBook.Book storage b,
        mapping(bytes32 termsHash => uint32 lease) storage leaseOf,
        mapping(uint32 party => uint256) storage offerNonce,
        IPartyRegistry parties,
        bytes32 domainSeparator,
        uint32 lease,
        uint256 day,
        bytes calldata activation
    ) external returns (address[] memory tenants, uint256 parts) {
        ILeaseAgreement.LeaseTerms calldata t = _terms(activation);
        if (block.timestamp > t.deadline) revert ILeaseAgreement.LeaseTermsExpired(t.deadline, block.timestamp);
        uint256 nonce = offerNonce[t.landlord];
        if (t.nonce != nonce) revert ILeaseAgreement.LeaseNonceStale(t.landlord, t.nonce, nonce);
        LeaseTermsLib.check(t, day);
        bytes32 termsHash = MessageHashUtils.toTypedDataHash(domainSeparator, LeaseTermsLib.structHash(t));
        uint32 used = leaseOf[termsHash];
        if (used == type(uint32).max) revert ILeaseAgreement.LeaseTermsWithdrawn(termsHash);
        if (used != 0) revert ILeaseAgreement.LeaseTermsUsed(termsHash, used);
        leaseOf[termsHash] = lease;
        tenants = _checkSigned(parties, t, termsHash, _signatures(activation));
        parts = _write(b, lease, t, day);
        emit ILeaseAgreement.LeaseActivated(lease, t.unit, termsHash, t.documentHash, _words(b, lease, t, parts));
    }

    /// @dev The terms in activate's call data: the first of its arguments, `offset` bytes into them.
    function _terms(bytes calldata activation) private pure returns (ILeaseAgreement.LeaseTerms calldata t) {
        assembly ("memory-safe") {
            t := add(activation.offset, calldataload(activation.offset))
        }
    }

    /// @dev The signatures in activate's call data: the second of its arguments.
    function _signatures(bytes calldata activation) private pure returns (bytes[] calldata list) {
        assembly ("memory-safe") {
            let at := add(activation.offset, calldataload(add(activation.offset, 0x20)))
            list.offset := add(at, 0x20)
            list.length := calldataload(at)
        }
    }

    /// @dev What LeaseActivated tells of the terms.
    function _words(LeaseBook.Book storage b, uint256 lease, ILeaseAgreement.LeaseTerms calldata t, uint256 parts)
        private
        view
        returns (uint256[] memory words)
    {
        ILeaseAgreement.Opening calldata o = t.opening;
        uint256 joint = t.tenants.length == 1 ? 0 : t.tenants.length;
        uint256[] storage segments = b.segments[lease];
        uint256 steps = W.flags(b.hot[lease]) & W.SHAPED == 0 ? 0 : segments.length;
        words = new uint256[](5 + joint + steps);
        words[0] = b.hot[lease];
        words[1] = b.plan[lease];
        words[2] = o.day == 0 && t.breakFee == 0 ? 0 : b.fee[lease << 2];
        words[3] = o.paid | (uint256(o.arrears) << 64) | (uint256(o.lateFees) << 128) | (uint256(o.prepaid) << 192);
        words[4] = parts;
        for (uint256 i; i < joint; ++i) words[5 + i] = b.account[(lease << 2) | i];
        for (uint256 k; k < steps; ++k) words[5 + joint + k] = segments[k];
    }

    /// @notice EIP-712 struct hash of the terms.
    function structHash(ILeaseAgreement.LeaseTerms calldata t) external pure returns (bytes32) {
        return LeaseTermsLib.structHash(t);
    }

    function _write(LeaseBook.Book storage b, uint256 lease, ILeaseAgreement.LeaseTerms calldata t, uint256 day) private returns (uint256 parts) {
        LeaseBook.Lease memory l;
        l.id = lease;
        l.count = t.tenants.length;
        _plan(b, l, t);
        uint256 cost = l.s.total();
        if (cost > LeaseTermsLib.MAX_AMOUNT) revert ILeaseAgreement.LeaseTermsInvalid("total", cost, LeaseTermsLib.MAX_AMOUNT);
        uint256 had = uint256(t.opening.paid) + t.opening.prepaid;
        if (had > cost) revert ILeaseAgreement.LeaseTermsInvalid("opening", had, cost);

        for (uint256 i; i < l.count; ++i) {
            LeaseBook.Account memory a;
            a.key = (l.id << 2) | i;
            a.tenant = t.tenants[i];
            a.settled = partOf(t, t.opening.paid, i);
            a.pot = partOf(t, t.opening.prepaid, i);
            a.accrual = partOf(t, t.opening.lateFees, i) * RentMath.BPS;
            a.day = day;
            a.fee = W.withBreakFee(t.breakFee);
            a.loaded = true;
            if (l.count != 1) b.account[a.key] = W.account(0, t.shares[i], 0, 0);
            // rent due before its period begins may be due before today: late fees count from today on
            if (t.opening.day != 0 || t.breakFee != 0 || t.dueOffset < 0) b.storeAt(l, a);
            else b.store(l, a);
            parts |= partOf(t, t.deposit, i) << (56 * i);
        }
        if (l.count != 1) b.hot[lease] = l.hot;
        parts |= uint256(t.arbiter) << 224;
    }

    /// @notice One tenant's part of a sum, by the shares of the terms.
    function partOf(ILeaseAgreement.LeaseTerms calldata t, uint256 sum, uint256 index) internal pure returns (uint256 part) {
        if (sum == 0) return 0;
        uint16[] calldata shares = t.shares;
        if (index + 1 != shares.length) return sum * shares[index] / RentMath.BPS;
        part = sum;
        for (uint256 i; i < index; ++i) part -= sum * shares[i] / RentMath.BPS;
    }

    /// @dev Schedule, hot and plan words, and the segments that the terms already agree.
    function _plan(LeaseBook.Book storage b, LeaseBook.Lease memory l, ILeaseAgreement.LeaseTerms calldata t) private {
        RentMath.Schedule memory s = l.s;
        s.rentStart = t.opening.day != 0 ? t.opening.day : uint256(t.startDay) + t.rentFreeDays;
        s.endDay = t.endDay;
        s.anchor = LeaseTermsLib.anchorOf(t);
        s.interval = t.interval;
        s.dueOffset = t.dueOffset;
        s.dayCount = uint256(t.dayCount);
        s.segments = new uint256[](1);
        s.derive();
        s.segments[0] = RentMath.segment(s.first, t.rent, 0, t.opening.arrears);

        bool segments = t.opening.arrears != 0 || t.steps.length != 0;
        uint256 endLabel = s.endsWhole ? s.last + 1 : s.last;
        bool shaped = segments || s.stub || t.interval != 1 || t.dueOffset != 0 || !s.endsWhole;
        s.plain = !shaped;
        uint256 flags = (l.count == 1 ? 0 : W.JOINT) | (shaped ? W.SHAPED : 0) | (t.commission == 0 ? 0 : W.COMMISSION);
        l.hot = W.hot(t.rent, s.first, endLabel, s.anchor, uint256(ILeaseAgreement.State.Active), flags, t.tenants[0], t.landlord);
        l.plan = W.plan(t, s.rentStart);
        b.plan[l.id] = l.plan;
        if (segments) b.segments[l.id].push(s.segments[0]);
        for (uint256 k; k < t.steps.length; ++k) {
            uint256 label = Calendar.labelOf(s.anchor, t.steps[k].day);
            bool good = Calendar.boundary(s.anchor, label) == t.steps[k].day && label <= s.last
                && label > RentMath.monthOf(s.segments[s.segments.length - 1]);
            if (!good) revert ILeaseAgreement.LeaseTermsInvalid("steps.day", t.steps[k].day, k);
            LeaseTermsLib.checkRent("steps.rent", t.steps[k].rent);
            b.append(l, label, t.steps[k].rent, s.cumulative(label - 1), 0);
            s.segments = b.segments[l.id];
        }
    }
}
