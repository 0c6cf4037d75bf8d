// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What a reporter of payments answers about one obligation
/// @notice Implemented by every contract that reports rents, fees or instalments to CreditRegistry, which asks it before it serves a notice
/// or enters a delinquency. A month's rent of one tenant, a month's fee of one account, a posted bill and an instalment are obligations.
interface IObligations {
    enum Kind {
        RENT,
        FEES,
        INSTALMENT
    }

    /// @notice What an obligation is now. Never reverts for a running obligation; one that never existed answers zeros.
    /// @param obligation the reporter's own number of it, below 2^192
    /// @return kind of the obligation
    /// @return party who owes it
    /// @return dueDay when it fell due [day]
    /// @return lastOnTimeDay the last day on which paying counts as in time: due day + grace [day]
    /// @return open what of it is still unpaid; 0 once it is discharged or waived [cmt]
    function overdueOf(uint256 obligation) external view returns (Kind kind, uint32 party, uint32 dueDay, uint32 lastOnTimeDay, uint256 open);
}
