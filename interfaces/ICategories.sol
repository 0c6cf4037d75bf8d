// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice How a charge of a category comes about. The numbers stand in events; only append.
enum CategoryKind {
    NONE, // no such category
    AREA, // rate × area × month
    FLAT, // rate × month
    POSTED // metered, tiered or shared: the manager posts bills
}

/// @notice Who owns what a category earns.
enum PayeeMode {
    LUMP_SUM, // the property manager keeps it
    COMMISSION // the community's fund keeps it, less the manager's capped part
}

/// @notice What a charge of a category is, when it falls due, what lateness costs and where its money goes. One storage word.
/// @param kind how the charge comes about
/// @param payee party that receives what is paid: the property manager or the party of the community's fund
/// @param mode who owns the surplus
/// @param manager party that earns `managerBps` in COMMISSION mode; 0 in LUMP_SUM mode
/// @param managerBps of every payment, rounded down for the payee; 0 in LUMP_SUM mode [bps]
/// @param dueDayOfMonth day of the month on which a charge falls due, 1–28
/// @param dueMonth 0 = in the month it is for, 1 = in the next one
/// @param graceDays days after the due day that still count as in time [days]
/// @param lateFeeRate simple, per day of the unpaid principal; 0 = no late fee [bps/day]
/// @param lateFeeMaxDays most days it runs per charge, at most 400 [days]
struct Category {
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
}

/// @title What other contracts read of the community's charge categories
interface ICategories {
    /// @notice A category as it is today; all zero (kind NONE) if there is none with this number.
    function categoryOf(uint16 category) external view returns (Category memory);

    /// @notice The same as one word; 0 in its lowest byte if there is none with this number.
    /// @return word kind 8 | payee 32 | mode 8 | manager 32 | managerBps 16 | dueDayOfMonth 8 | dueMonth 8 | graceDays 8 | lateFeeRate 16 |
    /// lateFeeMaxDays 16, kind lowest; what stands above is not of the category
    function categoryWord(uint16 category) external view returns (uint256 word);
}
