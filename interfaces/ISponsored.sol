// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What every contract of the suite has that takes forwarded calls
interface ISponsored {
    /// @notice A function of an office came through the forwarder. The holder of the role calls the contract himself.
    /// @param caller author of the forwarded request
    error AccessForwardedCall(address caller);
}
