// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Category, CategoryKind, ICategories, PayeeMode} from "../../interfaces/ICategories.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {ITariffBook} from "../../interfaces/ITariffBook.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Calendar} from "../lib/Calendar.sol";
import {FeeMath} from "../lib/FeeMath.sol";

/// @title Charge categories and their tariffs, version by version
/// @dev Invariants (docs/invariants.md): F1 the index of a past or present month never changes · F2 nothing is in force without two
/// persons (tests/contracts/TariffBook). It holds no money.
contract TariffBook is ITariffBook, Sponsored {
    string public constant VERSION = "1";
    uint256 public constant MAX_CATEGORIES = 1_000;
    uint256 public constant MAX_MANAGER_BPS = 3_000; // of what is paid in commission mode [bps]
    uint256 public constant MAX_PROMPT_BPS = 2_000; // [bps]
    uint256 public constant MAX_VACANCY_BPS = 9_000; // [bps]
    uint256 public constant MAX_GRACE_DAYS = 60; // [days]
    uint256 public constant MAX_LATE_RATE = 100; // [bps/day]
    uint256 public constant MAX_LATE_DAYS = 400; // [days]
    uint256 public constant MAX_AREA_RATE = 10 ** 9; // 1,000 CMT [cmt per m² and month]
    uint256 public constant MAX_FLAT_RATE = 10 ** 12; // 1,000,000 CMT [cmt/month]
    uint256 public constant MAX_AHEAD = 24; // a tariff is approved at most so long before it begins [months]

    /// @dev One slot.
    struct Entry {
        CategoryKind kind;
        uint32 payee;
        PayeeMode mode;
        uint32 manager;
        uint16 managerBps;
        uint8 dueDayOfMonth;
        uint8 dueMonth;
        uint8 graceDays;
        uint16 lateFeeRate;
        uint16 lateFeeMaxDays;
        uint16 promptBps;
        uint16 vacancyBps;
        bool approved;
    }

    /// @dev One slot: the proposal that waits, and how many versions there are.
    struct Head {
        address maker; // 0 = nothing waits
        uint16 month;
        uint64 rate;
        uint16 versions;
    }

    /// @dev A category or payee that waits; the hash is of the function and all its arguments.
    struct Proposal {
        address maker;
        bytes32 hash;
    }

    IPartyRegistry private immutable PARTIES;
    int32 private immutable UTC_OFFSET; // [seconds]

    uint16 public categoryCount;
    mapping(bytes32 nameHash => uint16) public categoryNamed;
    mapping(uint256 category => Entry) private _entries;
    mapping(uint256 category => bytes32) private _names;
    mapping(uint256 category => Proposal) private _proposals;
    mapping(uint256 category => Head) private _heads;
    mapping(uint256 key => uint256) private _versions; // key = category << 16 | number − 1; FeeMath.version

    constructor(address authority, address forwarder, address parties, int32 utcOffset) Sponsored(authority, forwarder) {
        PARTIES = IPartyRegistry(parties);
        UTC_OFFSET = utcOffset;
    }

    // ================================================================ categories

    /// @inheritdoc ITariffBook
    function proposeCategory(Category calldata terms, Reductions calldata reductions, bytes32 nameHash)
        external
        restricted
        returns (uint16 category)
    {
        address maker = _person();
        if (nameHash == 0) revert TariffCategoryInvalid("nameHash", 0, 1);
        _checkTerms(terms, reductions);
        category = categoryNamed[nameHash];
        if (category == 0) {
            if (categoryCount == MAX_CATEGORIES) revert TariffCategoriesExhausted(MAX_CATEGORIES);
            category = ++categoryCount;
            categoryNamed[nameHash] = category;
            _names[category] = nameHash;
        } else if (_entries[category].approved) {
            revert TariffNameTaken(nameHash, category);
        }
        _proposals[category] = Proposal(maker, keccak256(abi.encode("category", terms, reductions)));
        emit CategoryProposed(category, maker, nameHash, terms, reductions);
    }

    /// @inheritdoc ITariffBook
    function approveCategory(uint16 category, Category calldata terms, Reductions calldata reductions) external restricted {
        address checker = _approve(category, keccak256(abi.encode("category", terms, reductions)));
        _entries[category] = Entry({
            kind: terms.kind,
            payee: terms.payee,
            mode: terms.mode,
            manager: terms.manager,
            managerBps: terms.managerBps,
            dueDayOfMonth: terms.dueDayOfMonth,
            dueMonth: terms.dueMonth,
            graceDays: terms.graceDays,
            lateFeeRate: terms.lateFeeRate,
            lateFeeMaxDays: terms.lateFeeMaxDays,
            promptBps: reductions.promptBps,
            vacancyBps: reductions.vacancyBps,
            approved: true
        });
        emit CategoryApproved(category, checker, _names[category], terms, reductions);
    }

    function _checkTerms(Category calldata t, Reductions calldata r) private view {
        if (t.kind == CategoryKind.NONE) revert TariffCategoryInvalid("kind", 0, 1);
        _checkMost("dueDayOfMonth", t.dueDayOfMonth, 28);
        if (t.dueDayOfMonth == 0) revert TariffCategoryInvalid("dueDayOfMonth", 0, 1);
        _checkMost("dueMonth", t.dueMonth, 1);
        _checkMost("graceDays", t.graceDays, MAX_GRACE_DAYS);
        _checkMost("lateFeeRate", t.lateFeeRate, MAX_LATE_RATE);
        _checkMost("lateFeeMaxDays", t.lateFeeMaxDays, MAX_LATE_DAYS);
        _checkMost("promptBps", r.promptBps, t.kind == CategoryKind.POSTED ? 0 : MAX_PROMPT_BPS);
        _checkMost("vacancyBps", r.vacancyBps, t.kind == CategoryKind.POSTED ? 0 : MAX_VACANCY_BPS);
        _checkPayee(t.payee, t.mode, t.manager, t.managerBps);
    }

    function _checkPayee(uint32 payee, PayeeMode mode, uint32 manager, uint16 managerBps) private view {
        _checkParty(payee);
        if (mode == PayeeMode.COMMISSION) {
            _checkParty(manager);
            if (manager == payee) revert TariffCategoryInvalid("manager", manager, payee);
        } else if (manager != 0) {
            revert TariffCategoryInvalid("manager", manager, 0);
        }
        _checkMost("managerBps", managerBps, mode == PayeeMode.COMMISSION ? MAX_MANAGER_BPS : 0);
    }

    function _checkParty(uint32 party) private view {
        if (PARTIES.kindOf(party) == IPartyRegistry.Kind.NONE) revert TariffPartyUnknown(party);
    }

    function _checkMost(bytes32 field, uint256 value, uint256 most) private pure {
        if (value > most) revert TariffCategoryInvalid(field, value, most);
    }

    /// @inheritdoc ITariffBook
    function proposePayee(uint16 category, uint32 payee, PayeeMode mode, uint32 manager, uint16 managerBps) external restricted {
        address maker = _person();
        _known(category);
        _checkPayee(payee, mode, manager, managerBps);
        _proposals[category] = Proposal(maker, keccak256(abi.encode("payee", payee, mode, manager, managerBps)));
        emit PayeeProposed(category, maker, payee, mode, manager, managerBps);
    }

    /// @inheritdoc ITariffBook
    function approvePayee(uint16 category, uint32 payee, PayeeMode mode, uint32 manager, uint16 managerBps) external restricted {
        address checker = _approve(category, keccak256(abi.encode("payee", payee, mode, manager, managerBps)));
        Entry storage entry = _entries[category];
        (entry.payee, entry.mode, entry.manager, entry.managerBps) = (payee, mode, manager, managerBps);
        emit PayeeChanged(category, checker, payee, mode, manager, managerBps);
    }

    /// @dev Takes a proposal out if the checker repeats it and is not its maker.
    function _approve(uint16 category, bytes32 hash) private returns (address checker) {
        checker = _person();
        Proposal memory proposal = _proposals[category];
        if (proposal.maker == address(0) || proposal.hash != hash) revert TariffProposalChanged(category);
        if (proposal.maker == checker) revert TariffSecondPersonMissing(checker);
        delete _proposals[category];
    }

    // ================================================================ tariffs

    /// @inheritdoc ITariffBook
    function proposeTariff(uint16 category, uint16 month, uint64 rate) external restricted {
        address maker = _person();
        CategoryKind kind = _known(category).kind;
        if (kind == CategoryKind.POSTED) revert TariffCategoryPosted(category);
        uint256 most = kind == CategoryKind.AREA ? MAX_AREA_RATE : MAX_FLAT_RATE;
        if (rate > most) revert TariffRateTooHigh(category, rate, most);
        _checkMonth(category, month);
        Head storage head = _heads[category];
        (head.maker, head.month, head.rate) = (maker, month, rate);
        emit TariffProposed(category, month, rate, maker);
    }

    /// @inheritdoc ITariffBook
    function approveTariff(uint16 category, uint16 month, uint64 rate) external restricted {
        address checker = _person();
        Head memory head = _heads[category];
        if (head.maker == address(0) || head.month != month || head.rate != rate) revert TariffProposalChanged(category);
        if (head.maker == checker) revert TariffSecondPersonMissing(checker);
        _checkMonth(category, month);
        uint256 count = head.versions;
        uint256 last;
        // at most MAX_AHEAD of them: a version begins after the month of its approval
        while (count != 0 && FeeMath.monthOf(last = _versions[_key(category, count - 1)]) >= month) --count;
        uint256 indexBefore = count == 0 ? 0 : FeeMath.indexBy(last, month - 1);
        _versions[_key(category, count)] = FeeMath.version(month, rate, indexBefore);
        _heads[category] = Head(address(0), 0, 0, uint16(++count));
        emit TariffApproved(category, month, rate, indexBefore, count, checker);
    }

    function _checkMonth(uint16 category, uint16 month) private view {
        uint256 now_ = Calendar.monthOf(Calendar.dayOf(block.timestamp, UTC_OFFSET));
        if (month <= now_ || month > now_ + MAX_AHEAD) revert TariffMonthInvalid(category, month, now_ + 1, now_ + MAX_AHEAD);
    }

    function _known(uint16 category) private view returns (Entry storage entry) {
        entry = _entries[category];
        if (!entry.approved) revert TariffCategoryUnknown(category);
    }

    function _key(uint256 category, uint256 number) private pure returns (uint256) {
        return (category << 16) | number;
    }

    // ================================================================ look

    /// @inheritdoc ICategories
    function categoryOf(uint16 category) public view returns (Category memory) {
        Entry memory e = _entries[category];
        return Category(
            e.kind, e.payee, e.mode, e.manager, e.managerBps, e.dueDayOfMonth, e.dueMonth, e.graceDays, e.lateFeeRate, e.lateFeeMaxDays
        );
    }

    /// @inheritdoc ICategories
    function categoryWord(uint16 category) external view returns (uint256 word) {
        Entry storage entry = _entries[category]; // laid out as a Category is, with the rest above
        assembly ("memory-safe") {
            word := sload(entry.slot)
        }
    }

    /// @inheritdoc ITariffBook
    function reductionsOf(uint16 category) public view returns (Reductions memory) {
        Entry memory e = _entries[category];
        return Reductions(e.promptBps, e.vacancyBps);
    }

    /// @inheritdoc ITariffBook
    function indexAt(uint16 category, uint256 month) external view returns (uint256 index) {
        (uint256 word,) = _ruling(category, month);
        return word == 0 ? 0 : FeeMath.indexBy(word, month);
    }

    /// @inheritdoc ITariffBook
    function rateAt(uint16 category, uint256 month) external view returns (uint256 rate, uint256 version) {
        uint256 word;
        (word, version) = _ruling(category, month);
        rate = FeeMath.rateOf(word);
    }

    /// @inheritdoc ITariffBook
    function pendingOf(uint16 category) external view returns (Pending memory) {
        Head memory head = _heads[category];
        return Pending(head.maker, head.month, head.rate);
    }

    /// @inheritdoc ITariffBook
    function termsAt(uint16 category, uint256 since)
        external
        view
        returns (Category memory terms, Reductions memory reductions, uint256[] memory versions)
    {
        terms = categoryOf(category);
        reductions = reductionsOf(category);
        (, uint256 from) = _ruling(category, since);
        if (from != 0) --from;
        versions = new uint256[](_heads[category].versions - from);
        for (uint256 i; i < versions.length; ++i) versions[i] = _versions[_key(category, from + i)];
    }

    /// @inheritdoc ITariffBook
    function versionCount(uint16 category) external view returns (uint256) {
        return _heads[category].versions;
    }

    /// @dev The version that rules a month and its number from 1; 0, 0 if none does.
    function _ruling(uint16 category, uint256 month) private view returns (uint256 word, uint256 number) {
        uint256 low;
        uint256 high = _heads[category].versions;
        while (low < high) {
            uint256 middle = (low + high + 1) / 2;
            if (FeeMath.monthOf(_versions[_key(category, middle - 1)]) <= month) low = middle;
            else high = middle - 1;
        }
        return low == 0 ? (uint256(0), uint256(0)) : (_versions[_key(category, low - 1)], low);
    }

    // ================================================================ house

    /// @dev The caller in his own name: `execute` of the AccessManager would make one officer two.
    function _person() private view returns (address caller) {
        caller = _msgSender();
        if (caller == authority()) revert TariffCallerIsAuthority(caller);
    }
}
