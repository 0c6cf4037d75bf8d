// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILeaseAgreement} from "../../interfaces/ILeaseAgreement.sol";
import {Calendar} from "./Calendar.sol";

/// @title What may be signed: the bounds of lease terms, and their EIP-712 hash
/// @notice The twin of the bounds is `commonhold/rules/validate.py`, which lists them.
library LeaseTermsLib {
    uint256 internal constant MAX_PERIODS = 1200; // months
    uint256 internal constant MAX_AHEAD = 3660; // start at most so far ahead [days]
    uint256 internal constant MAX_TENANTS = 4;
    uint256 internal constant MAX_STEPS = 12;
    uint256 internal constant MAX_FEES = 4;
    uint256 internal constant MIN_RENT = 10_000; // [cmt/month]
    uint256 internal constant MAX_RENT = (1 << 44) - 1; // [cmt/month]
    uint256 internal constant MIN_SHARE = 100; // [bps]
    uint256 internal constant MAX_AMOUNT = type(uint56).max; // of anything a lease costs in all [cmt]

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

    /// @notice EIP-712 struct hash. The head of the ABI encoding has the members in the order of the type, one word each (the opening
    /// five), so it is copied as it lies and the four dynamic members and the opening are replaced by their hashes.
    /// @dev Call data with dirty high bits gives another hash than the signed one and is refused by the signature check.
    function structHash(ILeaseAgreement.LeaseTerms calldata t) internal pure returns (bytes32 hash) {
        bytes32 tenants = keccak256(_words(t.tenants));
        bytes32 shares = keccak256(abi.encodePacked(t.shares));
        bytes32 steps = _hashSteps(t.steps);
        bytes32 fees = _hashFees(t.fees);
        bytes32 opening = keccak256(abi.encode(OPENING_TYPE, t.opening));
        bytes32 termsType = TERMS_TYPE;
        assembly ("memory-safe") {
            let m := mload(0x40) // scratch: type and 31 members
            mstore(m, termsType)
            calldatacopy(add(m, 0x20), t, 0x340) // members 0–25: unit … coverMask
            mstore(add(m, 0x60), tenants)
            mstore(add(m, 0x80), shares)
            mstore(add(m, 0x1a0), steps)
            mstore(add(m, 0x1c0), fees)
            mstore(add(m, 0x360), opening)
            calldatacopy(add(m, 0x380), add(t, 0x3e0), 0x80) // documentHash, nonce, salt, deadline
            hash := keccak256(m, 0x400)
        }
    }

    function _words(uint32[] calldata list) private pure returns (bytes memory) {
        return abi.encodePacked(list); // packed arrays pad each element to a word, as EIP-712 asks
    }

    function _hashSteps(ILeaseAgreement.RentStep[] calldata steps) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](steps.length);
        for (uint256 i; i < steps.length; ++i) hashes[i] = keccak256(abi.encode(STEP_TYPE, steps[i]));
        return keccak256(abi.encodePacked(hashes));
    }

    function _hashFees(ILeaseAgreement.OneOffFee[] calldata fees) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](fees.length);
        for (uint256 i; i < fees.length; ++i) hashes[i] = keccak256(abi.encode(FEE_TYPE, fees[i]));
        return keccak256(abi.encodePacked(hashes));
    }

    function _need(bool ok, bytes32 field, uint256 value, uint256 bound) private pure {
        if (!ok) revert ILeaseAgreement.LeaseTermsInvalid(field, value, bound);
    }

    function _most(bytes32 field, uint256 value, uint256 bound) private pure {
        _need(value <= bound, field, value, bound);
    }

    /// @notice Reverts with LeaseTermsInvalid(field, value, bound) unless these terms can be kept.
    function check(ILeaseAgreement.LeaseTerms calldata t, uint256 today) internal pure {
        _checkParties(t);
        checkRent("rent", t.rent);
        _most("deposit", t.deposit, MAX_AMOUNT);
        _most("billingDay", t.billingDay, 31);
        _need(t.interval != 0, "interval", 0, 1);
        _most("interval", t.interval, 12);
        _need(t.dueOffset >= -31 && t.dueOffset <= 31, "dueOffset", uint256(int256(t.dueOffset)), 31);
        _most("graceDays", t.graceDays, 60);
        _most("lateFeeRate", t.lateFeeRate, 100);
        _most("lateFeeMaxDays", t.lateFeeMaxDays, 400);
        _most("noticeDays", t.noticeDays, 366);
        _most("breakFee", t.breakFee, MAX_AMOUNT);
        _most("commission", t.commission, 3000);
        _need(t.commission == 0 || t.manager != 0, "manager", t.manager, 1);
        _most("holdoverRate", t.holdoverRate, 30_000);
        _checkArbiter(t);
        _checkDays(t, today);
    }

    /// @notice Rents and shares this large make every tenant's rounded part of the cumulative rent grow from period to period, on which the
    /// late fee relies: one day costs at least 322, so a part grows by at least 3.22 before rounding, which takes less than 3 away.
    function checkRent(bytes32 field, uint256 rent) internal pure {
        _need(rent >= MIN_RENT, field, rent, MIN_RENT);
        _most(field, rent, MAX_RENT);
    }

    /// @dev Nobody awards his own dispute.
    function _checkArbiter(ILeaseAgreement.LeaseTerms calldata t) private pure {
        if (t.arbiter == 0) return;
        bool interested = t.arbiter == t.landlord;
        for (uint256 i; i < t.tenants.length; ++i) interested = interested || t.arbiter == t.tenants[i];
        _need(!interested, "arbiter", t.arbiter, 0);
    }

    function _checkParties(ILeaseAgreement.LeaseTerms calldata t) private pure {
        uint32[] calldata tenants = t.tenants;
        uint16[] calldata shares = t.shares;
        uint256 n = tenants.length;
        uint256 landlord = t.landlord;
        _need(landlord != 0, "landlord", 0, 1);
        _need(n != 0 && n <= MAX_TENANTS, "tenants", n, MAX_TENANTS);
        _need(shares.length == n, "shares", shares.length, n);
        uint256 sum;
        for (uint256 i; i < n; ++i) {
            uint256 tenant = tenants[i];
            _need(tenant != 0 && tenant != landlord, "tenants", tenant, i);
            for (uint256 j; j < i; ++j) _need(tenants[j] != tenant, "tenants", tenant, j);
            uint256 share = shares[i];
            _need(share >= MIN_SHARE, "shares", share, MIN_SHARE);
            sum += share;
        }
        _need(sum == 10_000, "shares", sum, 10_000);
        _need(t.coverMask < 1 << n, "coverMask", t.coverMask, (1 << n) - 1);
        _most("fees", t.fees.length, MAX_FEES);
        for (uint256 k; k < t.fees.length; ++k) _need(t.fees[k].payee != 0, "fees.payee", 0, k);
    }

    function _checkDays(ILeaseAgreement.LeaseTerms calldata t, uint256 today) private pure {
        _need(t.endDay > t.startDay, "endDay", t.endDay, uint256(t.startDay) + 1);
        _most("startDay", t.startDay, today + MAX_AHEAD);
        _most("endDay", t.endDay, Calendar.firstOf(Calendar.monthOf(t.startDay) + MAX_PERIODS));
        _need(t.rentFreeDays < t.endDay - t.startDay, "rentFreeDays", t.rentFreeDays, t.endDay - t.startDay - 1);
        _need(t.breakDay == 0 || (t.breakDay > t.startDay && t.breakDay < t.endDay), "breakDay", t.breakDay, t.endDay);
        _most("steps", t.steps.length, MAX_STEPS);
        ILeaseAgreement.Opening calldata o = t.opening;
        if (o.day == 0) {
            _need(t.startDay >= today, "startDay", t.startDay, today);
            _need((uint256(o.paid) | o.arrears | o.lateFees | o.prepaid) == 0, "opening", 0, 0);
            return;
        }
        uint256 anchor = anchorOf(t);
        _need(o.day >= t.startDay && o.day <= today, "opening.day", o.day, today);
        bool boundary = o.day == t.startDay || Calendar.boundary(anchor, Calendar.labelOf(anchor, o.day)) == o.day;
        _need(boundary, "opening.day", o.day, anchor);
        _need(t.endDay > today, "endDay", t.endDay, today + 1);
        _need(t.rentFreeDays == 0, "rentFreeDays", t.rentFreeDays, 0);
        _need(t.fees.length == 0, "fees", t.fees.length, 0);
    }

    /// @notice The day of the month on which periods begin.
    function anchorOf(ILeaseAgreement.LeaseTerms calldata t) internal pure returns (uint256 anchor) {
        anchor = t.billingDay;
        if (anchor == 0) (, anchor) = Calendar.civil(t.startDay);
    }
}
