// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

/// @title Who may do what: the one AccessManager of a community
/// @notice Roles and the functions they open are listed in docs/roles.md. On the day of deployment ("set-up") the first ADMIN works without delay;
/// afterwards every ADMIN waits at least `adminDelay`, whatever the set-up forgot. Delays are in seconds [s], times in seconds since 1970 [unix].
interface ICommunityAccess is IAccessManager {
    /// @notice A new ADMIN has shown that its account works.
    event AdminAccepted(address indexed account);
    /// @param by the member of COMMITTEE who took the role away
    event Dismissed(uint64 indexed role, address indexed account, address indexed by);

    /// @notice No proven ADMIN would be left. Grant ADMIN to another account and let that account call `acceptAdmin` first.
    error AccessLastAdmin(address account);
    /// @notice Only a member of ADMIN whose grant has taken effect accepts it.
    error AccessNotAdmin(address account);
    /// @notice This account has accepted already.
    error AccessAdminAcceptedAlready(address account);
    /// @notice A delay outside the bounds fixed in code. [s]
    error AccessDelayOutOfBounds(uint32 delay, uint32 least, uint32 most);
    /// @notice The committee dismisses offices alone: not ADMIN, not itself, not a contract's role.
    error AccessNotAnOffice(uint64 role);

    /// @notice A new ADMIN proves that it holds its key; only proven ones count when another leaves.
    /// @dev Reverts if the caller is not an effective ADMIN, or has accepted already.
    function acceptAdmin() external;

    /// @notice Takes an office (MANAGER to STAFF) away from an account, at once.
    /// @custom:role COMMITTEE
    function dismiss(uint64 role, address account) external;

    /// @notice Whether the account is an ADMIN that has proved its key.
    function adminAccepted(address account) external view returns (bool);
    /// @notice How many ADMINs have proved their keys; never 0 once it was 1.
    function acceptedAdmins() external view returns (uint256);
    /// @notice End of set-up: until then delays are set at once and the first ADMIN waits for nothing. [unix]
    function setupUntil() external view returns (uint48);
    /// @notice The least execution delay of any ADMIN after set-up. [s]
    function adminDelay() external view returns (uint32);
}
