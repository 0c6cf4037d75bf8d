// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {Calendar} from "./Calendar.sol";

/// @title What may be signed: the bounds of lease terms, and their EIP-712 hash
/// @notice Terms are read from call data once, into the words that are hashed; so what was signed is what is checked and kept.
/// The twin of the bounds is `commonhold/rules/validate.py`, which lists them.
library LeaseTermsLib {
    /// @dev The terms in memory. Units as in ILeaseAgreement.
    struct Terms {
        Head head;
        Opening opening;
        uint256[] signers; // parties: the landlord, then the tenants
        uint256[] shares; // [bps]
    }

    /// @dev LeaseTerms as EIP-712 encodes them, a word a member; lists and opening by their hashes.
    struct Head {
        bytes32 typeHash;
        uint256 unit;
        uint256 landlord;
        bytes32 tenants;
        bytes32 shares;
        uint256 rent;
        uint256 deposit;
        uint256 startDay;
        uint256 endDay;
        uint256 billingDay;
        uint256 interval;
        int256 dueOffset;
        uint256 rentFreeDays;
        bytes32 steps;
        bytes32 fees;
        uint256 graceDays;
        uint256 lateFeeRate;
        uint256 lateFeeMaxDays;
        uint256 noticeDays;
        uint256 breakDay;
        uint256 breakFee;
        uint256 manager;
        uint256 commission;
        uint256 holdoverRate;
        uint256 dayCount;
        uint256 arbiter;
        uint256 coverMask;
        bytes32 opening;
        bytes32 documentHash;
        uint256 nonce;
        bytes32 salt;
        uint256 deadline;
    }

    /// @dev Opening as EIP-712 encodes it.
    struct Opening {
        bytes32 typeHash;
        uint256 day;
        uint256 paid;
        uint256 arrears;
        uint256 lateFees;
        uint256 prepaid;
    }

    uint256 internal constant MAX_PERIODS = 1200; // months
    uint256 internal constant LAST_DAY = 124_637; // 2311-04-01: no later month fits the words of a lease [day]
    uint256 internal constant MAX_AHEAD = 3660; // start at most so far ahead [days]
    uint256 internal constant MAX_TENANTS = 4;
    uint256 internal constant MAX_STEPS = 12;
    uint256 internal constant MAX_FEES = 4;
    uint256 internal constant MIN_RENT = 10_000; // [cmt/month]
    uint256 internal constant MAX_RENT = (1 << 44) - 1; // [cmt/month]
    uint256 internal constant MIN_SHARE = 100; // [bps]
    uint256 internal constant MAX_AMOUNT = type(uint56).max; // of anything a lease costs in all [cmt]
    uint256 private constant SAFE_DAYS = 36_494; // no more than MAX_PERIODS months, wherever they begin [days]

    // literals, so that the compiler hashes them; a test compares them with the ABI
    bytes32 private constant STEP_TYPE = keccak256("RentStep(uint32 day,uint64 rent)");
    bytes32 private constant FEE_TYPE = keccak256("OneOffFee(uint32 payee,uint64 amount,bytes32 kind)");
    bytes32 private constant OPENING_TYPE =
        keccak256("Opening(uint32 day,uint64 paid,uint64 arrears,uint64 lateFees,uint64 prepaid)");
    bytes32 private constant TERMS_TYPE = keccak256(
        "LeaseTerms(uint32 unit,uint32 landlord,uint32[] tenants,uint16[] shares,uint64 rent,uint64 deposit,uint32 startDay,"
        "uint32 endDay,uint8 billingDay,uint8 interval,int8 dueOffset,uint16 rentFreeDays,RentStep[] steps,OneOffFee[] fees,"
        "uint8 graceDays,uint16 lateFeeRate,uint16 lateFeeMaxDays,uint16 noticeDays,uint32 breakDay,uint64 breakFee,"
        "uint32 manager,uint16 commission,uint16 holdoverRate,uint8 dayCount,uint32 arbiter,uint8 coverMask,Opening opening,"
        "bytes32 documentHash,uint256 nonce,bytes32 salt,uint64 deadline)"
        "OneOffFee(uint32 payee,uint64 amount,bytes32 kind)"
        "Opening(uint32 day,uint64 paid,uint64 arrears,uint64 lateFees,uint64 prepaid)"
        "RentStep(uint32 day,uint64 rent)"
    );

    /// @notice The terms as they lie in call data, and their EIP-712 struct hash. The head of the ABI encoding has the members in the
    /// order of the type, one word each, the opening five; so it is copied as it lies, and lists and opening are replaced by their hashes.
    function read(ILeaseAgreement.LeaseTerms calldata t) internal pure returns (Terms memory m, bytes32 hash) {
        Head memory h = m.head;
        Opening memory o = m.opening;
        (h.typeHash, o.typeHash) = (TERMS_TYPE, OPENING_TYPE);
        assembly ("memory-safe") {
            calldatacopy(add(h, 0x20), t, 0x340) // members 0–25: unit … coverMask
            calldatacopy(add(o, 0x20), add(t, 0x340), 0xa0)
            calldatacopy(add(h, 0x380), add(t, 0x3e0), 0x80) // documentHash, nonce, salt, deadline
            mstore(add(h, 0x360), keccak256(o, 0xc0))
        }
        (m.signers, h.tenants) = _readTenants(t.tenants, h.landlord);
        (m.shares, h.shares) = _readShares(t.shares);
        uint256 from;
        ILeaseAgreement.RentStep[] calldata steps = t.steps;
        assembly ("memory-safe") {
            from := steps.offset
        }
        h.steps = _hashRows(STEP_TYPE, from, steps.length, 0x40);
        ILeaseAgreement.OneOffFee[] calldata fees = t.fees;
        assembly ("memory-safe") {
            from := fees.offset
        }
        h.fees = _hashRows(FEE_TYPE, from, fees.length, 0x60);
        assembly ("memory-safe") {
            hash := keccak256(h, 0x400)
        }
    }

    function _readTenants(uint32[] calldata tenants, uint256 landlord) private pure returns (uint256[] memory signers, bytes32 hash) {
        uint256 n = tenants.length;
        signers = new uint256[](n + 1);
        signers[0] = landlord;
        assembly ("memory-safe") {
            let to := add(signers, 0x40)
            calldatacopy(to, tenants.offset, shl(5, n))
            hash := keccak256(to, shl(5, n))
        }
    }

    function _readShares(uint16[] calldata list) private pure returns (uint256[] memory shares, bytes32 hash) {
        uint256 n = list.length;
        shares = new uint256[](n);
        assembly ("memory-safe") {
            let to := add(shares, 0x20)
            calldatacopy(to, list.offset, shl(5, n))
            hash := keccak256(to, shl(5, n))
        }
    }

    /// @dev Hash of a list of structs: the hash of their hashes.
    /// @param from where the structs lie in call data, `size` bytes each
    function _hashRows(bytes32 rowType, uint256 from, uint256 count, uint256 size) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let row := mload(0x40) // scratch: one row with its type, then the hashes
            let whole := add(size, 0x20)
            let hashes := add(row, whole)
            let to := hashes
            mstore(row, rowType)
            for { let end := add(from, mul(count, size)) } lt(from, end) { from := add(from, size) } {
                calldatacopy(add(row, 0x20), from, size)
                mstore(to, keccak256(row, whole))
                to := add(to, 0x20)
            }
            hash := keccak256(hashes, sub(to, hashes))
        }
    }

    function _refuse(bytes32 field, uint256 value, uint256 bound) private pure {
        revert ILeaseAgreement.LeaseTermsInvalid(field, value, bound);
    }

    /// @notice Reverts with LeaseTermsInvalid(field, value, bound) unless these terms can be kept.
    function check(Terms memory m, ILeaseAgreement.LeaseTerms calldata t, uint256 today) internal pure {
        Head memory h = m.head;
        _checkWidths(m);
        _checkParties(m);
        _checkFees(t.fees);
        checkRent("rent", h.rent);
        if (h.deposit > MAX_AMOUNT) _refuse("deposit", h.deposit, MAX_AMOUNT);
        if (h.billingDay > 31) _refuse("billingDay", h.billingDay, 31);
        if (h.interval == 0) _refuse("interval", 0, 1);
        if (h.interval > 12) _refuse("interval", h.interval, 12);
        if (h.dueOffset < -31 || h.dueOffset > 31) _refuse("dueOffset", uint256(h.dueOffset), 31);
        if (h.graceDays > 60) _refuse("graceDays", h.graceDays, 60);
        if (h.lateFeeRate > 100) _refuse("lateFeeRate", h.lateFeeRate, 100);
        if (h.lateFeeMaxDays > 400) _refuse("lateFeeMaxDays", h.lateFeeMaxDays, 400);
        if (h.noticeDays > 366) _refuse("noticeDays", h.noticeDays, 366);
        if (h.breakFee > MAX_AMOUNT) _refuse("breakFee", h.breakFee, MAX_AMOUNT);
        if (h.commission > 3000) _refuse("commission", h.commission, 3000);
        if (h.commission != 0 && h.manager == 0) _refuse("manager", 0, 1);
        if (h.holdoverRate > 30_000) _refuse("holdoverRate", h.holdoverRate, 30_000);
        _checkArbiter(h.arbiter, m.signers);
        _checkDays(m, t, today);
    }

    /// @dev Members that no bound below keeps within their types; wider ones would spill over in the packed words.
    function _checkWidths(Terms memory m) private pure {
        (Head memory h, Opening memory o) = (m.head, m.opening);
        uint256 ids = h.unit | h.manager | h.arbiter | o.day;
        for (uint256 i; i < m.signers.length; ++i) ids |= m.signers[i];
        if (ids > type(uint32).max) _refuse("width", ids, type(uint32).max);
        uint256 amounts = o.paid | o.arrears | o.lateFees | o.prepaid | h.deadline;
        if (amounts > type(uint64).max) _refuse("width", amounts, type(uint64).max);
        if (h.dayCount > uint256(type(ILeaseAgreement.DayCount).max)) _refuse("width", h.dayCount, 2);
    }

    /// @notice Rents and shares this large make every tenant's rounded part of the cumulative rent grow from period to period, on which the
    /// late fee relies: one day costs at least 322, so a part grows by at least 3.22 before rounding, which takes less than 3 away.
    function checkRent(bytes32 field, uint256 rent) internal pure {
        if (rent < MIN_RENT) _refuse(field, rent, MIN_RENT);
        if (rent > MAX_RENT) _refuse(field, rent, MAX_RENT);
    }

    /// @dev Nobody awards his own dispute.
    function _checkArbiter(uint256 arbiter, uint256[] memory signers) private pure {
        if (arbiter == 0) return;
        for (uint256 i; i < signers.length; ++i) if (signers[i] == arbiter) _refuse("arbiter", arbiter, 0);
    }

    function _checkParties(Terms memory m) private pure {
        (uint256[] memory signers, uint256[] memory shares) = (m.signers, m.shares);
        uint256 n = signers.length - 1;
        uint256 landlord = signers[0];
        if (landlord == 0) _refuse("landlord", 0, 1);
        if (n == 0 || n > MAX_TENANTS) _refuse("tenants", n, MAX_TENANTS);
        if (shares.length != n) _refuse("shares", shares.length, n);
        uint256 sum;
        for (uint256 i; i < n; ++i) {
            uint256 tenant = signers[i + 1];
            if (tenant == 0 || tenant == landlord) _refuse("tenants", tenant, i);
            for (uint256 j; j < i; ++j) if (signers[j + 1] == tenant) _refuse("tenants", tenant, j);
            uint256 share = shares[i];
            if (share < MIN_SHARE) _refuse("shares", share, MIN_SHARE);
            sum += share;
        }
        if (sum != 10_000) _refuse("shares", sum, 10_000);
        uint256 all = (1 << n) - 1;
        if (m.head.coverMask > all) _refuse("coverMask", m.head.coverMask, all);
    }

    function _checkFees(ILeaseAgreement.OneOffFee[] calldata fees) private pure {
        if (fees.length > MAX_FEES) _refuse("fees", fees.length, MAX_FEES);
        for (uint256 k; k < fees.length; ++k) if (fees[k].payee == 0) _refuse("fees.payee", 0, k);
    }

    function _checkDays(Terms memory m, ILeaseAgreement.LeaseTerms calldata t, uint256 today) private pure {
        (Head memory h, Opening memory o) = (m.head, m.opening);
        (uint256 start, uint256 end) = (h.startDay, h.endDay);
        if (end <= start) _refuse("endDay", end, start + 1);
        if (end > LAST_DAY) _refuse("endDay", end, LAST_DAY);
        if (start > today + MAX_AHEAD) _refuse("startDay", start, today + MAX_AHEAD);
        if (end - start > SAFE_DAYS) {
            uint256 latest = Calendar.firstOf(Calendar.monthOf(start) + MAX_PERIODS);
            if (end > latest) _refuse("endDay", end, latest);
        }
        if (h.rentFreeDays >= end - start) _refuse("rentFreeDays", h.rentFreeDays, end - start - 1);
        if (h.breakDay != 0 && (h.breakDay <= start || h.breakDay >= end)) _refuse("breakDay", h.breakDay, end);
        if (t.steps.length > MAX_STEPS) _refuse("steps", t.steps.length, MAX_STEPS);
        if (o.day == 0) {
            if (start < today) _refuse("startDay", start, today);
            if (o.paid | o.arrears | o.lateFees | o.prepaid != 0) _refuse("opening", 0, 0);
            return;
        }
        uint256 anchor = anchorOf(h);
        if (o.day < start || o.day > today) _refuse("opening.day", o.day, today);
        if (o.day != start && Calendar.boundary(anchor, Calendar.labelOf(anchor, o.day)) != o.day) _refuse("opening.day", o.day, anchor);
        if (end <= today) _refuse("endDay", end, today + 1);
        if (h.rentFreeDays != 0) _refuse("rentFreeDays", h.rentFreeDays, 0);
        if (t.fees.length != 0) _refuse("fees", t.fees.length, 0);
    }

    /// @notice The day of the month on which periods begin.
    function anchorOf(Head memory h) internal pure returns (uint256 anchor) {
        anchor = h.billingDay;
        if (anchor == 0) (, anchor) = Calendar.civil(h.startDay);
    }
}
