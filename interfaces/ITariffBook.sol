// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Category, ICategories, PayeeMode} from "./ICategories.sol";

/// @title Charge categories and their tariffs, version by version
/// @notice Every category keeps a cumulative index: the sum of its monthly rates up to the end of a month. What an account owes is a
/// difference of the index, so that a new tariff is one write whatever the number of units and nobody writes monthly bills.
/// Rates are [cmt per m² and month] for AREA and [cmt per month] for FLAT; months are counted from 1970-01 [month]; shares are [bps].
/// @dev Makers (MANAGER) propose, checkers (COMMITTEE) approve; the checker repeats what he approves, and is another account than the maker.
interface ITariffBook is ICategories {
    /// @notice Reductions that a category grants; both 0 for POSTED.
    /// @param promptBps of a month's line that is paid whole by its due day, rounded down [bps]
    /// @param vacancyBps of the lines of a unit that stands vacant [bps]
    struct Reductions {
        uint16 promptBps;
        uint16 vacancyBps;
    }

    /// @notice A tariff that waits for the checker; month 0 = none.
    struct Pending {
        address maker;
        uint16 month;
        uint64 rate;
    }

    /// @param nameHash hash of the category's name in the published schedule; no two categories share it
    event CategoryProposed(uint256 indexed category, address indexed maker, bytes32 indexed nameHash, Category terms, Reductions reductions);
    /// @notice A category is in force, on these terms.
    event CategoryApproved(uint256 indexed category, address indexed checker, bytes32 indexed nameHash, Category terms, Reductions reductions);
    /// @notice Where a category's money shall go waits for its second person.
    event PayeeProposed(uint256 indexed category, address indexed maker, uint256 payee, PayeeMode mode, uint256 manager, uint256 managerBps);
    /// @notice A category's money goes there from now on; what was due before is forwarded there too.
    event PayeeChanged(uint256 indexed category, address indexed checker, uint256 payee, PayeeMode mode, uint256 manager, uint256 managerBps);
    /// @notice A rate for all units from `month` on waits for its second person. [month]
    event TariffProposed(uint256 indexed category, uint256 indexed month, uint256 rate, address indexed maker);
    /// @notice From the first of `month` on the category costs `rate`. Later versions that had not begun are dropped.
    /// @param indexBefore the index at the end of the month before [cmt per m², cmt]
    /// @param version number of the version within its category, from 1
    event TariffApproved(uint256 indexed category, uint256 indexed month, uint256 rate, uint256 indexBefore, uint256 version, address checker);

    /// @notice No category has this number.
    error TariffCategoryUnknown(uint256 category);
    /// @notice Which field by name, what was given, and the bound that it breaks.
    error TariffCategoryInvalid(bytes32 field, uint256 value, uint256 bound);
    /// @notice Another category has this name.
    error TariffNameTaken(bytes32 nameHash, uint256 category);
    /// @notice There are at most `most` categories.
    error TariffCategoriesExhausted(uint256 most);
    /// @notice No party has this id.
    error TariffPartyUnknown(uint256 party);
    /// @notice POSTED categories are billed by BillRuns and have no rate.
    error TariffCategoryPosted(uint256 category);
    /// @notice The rate is higher than the code allows.
    error TariffRateTooHigh(uint256 category, uint256 rate, uint256 most);
    /// @notice A tariff begins on the first of a month after the present one.
    error TariffMonthInvalid(uint256 category, uint256 month, uint256 earliest, uint256 latest);
    /// @notice Nothing waits for a checker, or something else does.
    error TariffProposalChanged(uint256 category);
    /// @notice Another person than the maker must approve.
    error TariffSecondPersonMissing(address caller);
    /// @notice The access manager itself cannot be one of two persons.
    error TariffCallerIsAuthority(address caller);

    // ---- categories

    /// @notice Proposes a category; its kind, due day, grace, late fee and reductions never change afterwards.
    /// @dev A proposal of the same name that was not approved is replaced.
    /// @return category its number, from 1
    /// @custom:role MANAGER
    function proposeCategory(Category calldata terms, Reductions calldata reductions, bytes32 nameHash) external returns (uint16 category);

    /// @notice Approves what was proposed; the checker repeats it.
    /// @custom:role COMMITTEE
    function approveCategory(uint16 category, Category calldata terms, Reductions calldata reductions) external;

    /// @notice Proposes where the money of a category goes from the approval on.
    /// @custom:role MANAGER
    function proposePayee(uint16 category, uint32 payee, PayeeMode mode, uint32 manager, uint16 managerBps) external;

    /// @notice The second person confirms where a category's money goes, naming what he approves.
    /// @custom:role COMMITTEE
    function approvePayee(uint16 category, uint32 payee, PayeeMode mode, uint32 manager, uint16 managerBps) external;

    // ---- tariffs

    /// @notice Proposes a rate from the first of a month on; replaces a proposal that waits.
    /// @custom:role MANAGER
    function proposeTariff(uint16 category, uint16 month, uint64 rate) external;

    /// @notice Approves what was proposed, at the latest in the month before; versions from `month` on are dropped, none of them has begun.
    /// @custom:role COMMITTEE
    function approveTariff(uint16 category, uint16 month, uint64 rate) external;

    // ---- look

    /// @notice The reductions of a category.
    function reductionsOf(uint16 category) external view returns (Reductions memory);
    /// @notice The category of a name, 0 if there is none.
    function categoryNamed(bytes32 nameHash) external view returns (uint16 category);
    /// @notice Categories so far; they are numbered from 1.
    function categoryCount() external view returns (uint16);
    /// @notice Σ rates of the months up to and with `month`. [cmt per m², cmt]
    function indexAt(uint16 category, uint256 month) external view returns (uint256 index);
    /// @notice The rate of a month and the number of its version (0, 0 before the first). [cmt per m² and month, cmt per month]
    function rateAt(uint16 category, uint256 month) external view returns (uint256 rate, uint256 version);
    /// @notice What of a category waits for its second person.
    function pendingOf(uint16 category) external view returns (Pending memory);
    /// @notice What an account needs in one call: terms, reductions, and the versions from the one that rules `since` on.
    /// @return terms of the category
    /// @return reductions that it grants
    /// @return versions `month 16 | rate 64 | index before 176` each, low bits first, ascending [month, cmt, cmt]
    function termsAt(uint16 category, uint256 since)
        external
        view
        returns (Category memory terms, Reductions memory reductions, uint256[] memory versions);
    /// @notice Number of versions, past and to come.
    function versionCount(uint16 category) external view returns (uint256);
}
