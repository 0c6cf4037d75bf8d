// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Deposits: kept apart from the rent, with a clock on every side
interface IDepositEscrow {
    /// @notice For LeaseAgreement, which has just transferred the sum: books a deposit, one part per tenant.
    /// @param parts 64 bits per tenant, tenant 0 lowest [cmt]
    function book(uint32 lease, uint256 parts, uint32 arbiter) external;
    /// @notice For LeaseAgreement at closing: arrears of one tenant, computed by the contract and not disputable, come out of that tenant's part.
    /// The sum taken is transferred to LeaseAgreement.
    function takeArrears(uint32 lease, uint8 index, uint256 amount) external returns (uint256 taken);
    /// @notice For LeaseAgreement at closing: starts the landlord's clock. False if there is no deposit left to review.
    function openReview(uint32 lease) external returns (bool open);
    /// @notice What is left of the lease's deposit. [cmt]
    function depositOf(uint32 lease) external view returns (uint256);
}
