// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ICommunityAccess} from "../../interfaces/ICommunityAccess.sol";

/// @title Who may do what: the one AccessManager of a community
/// @notice Invariants:
/// 1. Once an ADMIN has proved its key, at least one proven ADMIN remains. (test_renounceRole.py)
/// 2. After set-up no ADMIN acts sooner than `adminDelay` after announcing it. (test_hasRole.py)
/// 3. No delay exceeds MAX_DELAY, so nobody can lock a role away for ever. (test_grantRole.py)
contract CommunityAccess is ICommunityAccess, AccessManager {
    string public constant VERSION = "1";
    uint64 public constant STAFF = 5; // the last office; MANAGER to STAFF are 1 to 5
    uint32 public constant SETUP = 1 days; // [s]
    uint32 public constant MIN_ADMIN_DELAY = 1 days; // [s]
    uint32 public constant MAX_DELAY = 30 days; // [s]

    /// @inheritdoc ICommunityAccess
    uint48 public immutable setupUntil;
    /// @inheritdoc ICommunityAccess
    uint32 public immutable adminDelay;

    /// @inheritdoc ICommunityAccess
    mapping(address account => bool) public adminAccepted;
    /// @inheritdoc ICommunityAccess
    uint256 public acceptedAdmins;

    /// @param initialAdmin sets the community up and then hands ADMIN on; proven at once if it is the deployer itself
    /// @param adminDelay_ least execution delay of any ADMIN after set-up [s]
    constructor(address initialAdmin, uint32 adminDelay_) AccessManager(initialAdmin) {
        _checkDelay(adminDelay_, MIN_ADMIN_DELAY);
        setupUntil = uint48(block.timestamp) + SETUP;
        adminDelay = adminDelay_;
        if (initialAdmin == msg.sender) _accept(initialAdmin);
        emit RoleLabel(1, "MANAGER");
        emit RoleLabel(2, "TREASURER");
        emit RoleLabel(3, "OFFICER");
        emit RoleLabel(4, "ATTESTOR");
        emit RoleLabel(5, "STAFF");
        emit RoleLabel(6, "COMMITTEE");
        emit RoleLabel(7, "REGISTRY");
        emit RoleLabel(8, "RECOVERY");
        emit RoleLabel(9, "TRANSFERS");
        emit RoleLabel(10, "REVIEW");
        emit RoleLabel(11, "LIMITS");
    }

    // ------------------------------------------------------------------------------------------ hand ADMIN on

    /// @inheritdoc ICommunityAccess
    function acceptAdmin() external {
        (bool isMember,) = hasRole(ADMIN_ROLE, msg.sender);
        if (!isMember) revert AccessNotAdmin(msg.sender);
        if (adminAccepted[msg.sender]) revert AccessAdminAcceptedAlready(msg.sender);
        _accept(msg.sender);
    }

    function _accept(address account) private {
        adminAccepted[account] = true;
        ++acceptedAdmins;
        emit AdminAccepted(account);
    }

    /// @dev Revoking and renouncing both pass here.
    function _revokeRole(uint64 roleId, address account) internal override returns (bool) {
        if (roleId == ADMIN_ROLE) {
            (uint48 since,,,) = getAccess(ADMIN_ROLE, account);
            if (adminAccepted[account]) {
                delete adminAccepted[account];
                --acceptedAdmins;
            }
            if (since != 0 && acceptedAdmins == 0) revert AccessLastAdmin(account);
        }
        return super._revokeRole(roleId, account);
    }

    // ------------------------------------------------------------------------------------------ dismiss an office

    /// @inheritdoc ICommunityAccess
    function dismiss(uint64 role, address account) external onlyAuthorized {
        if (role == ADMIN_ROLE || role > STAFF) revert AccessNotAnOffice(role);
        if (_revokeRole(role, account)) emit Dismissed(role, account, msg.sender);
    }

    // ------------------------------------------------------------------------------------------ delays

    /// @notice As in AccessManager; for ADMIN after set-up the delay is at least `adminDelay`.
    function hasRole(uint64 roleId, address account)
        public
        view
        override(AccessManager, IAccessManager)
        returns (bool isMember, uint32 executionDelay)
    {
        (isMember, executionDelay) = super.hasRole(roleId, account);
        if (roleId == ADMIN_ROLE && executionDelay < adminDelay && block.timestamp >= setupUntil) executionDelay = adminDelay;
    }

    /// @notice How long a change of a delay takes to count: nothing during set-up, five days afterwards. [s]
    function minSetback() public view override(AccessManager, IAccessManager) returns (uint32) {
        return block.timestamp < setupUntil ? 0 : super.minSetback();
    }

    function _grantRole(uint64 roleId, address account, uint32 grantDelay, uint32 executionDelay) internal override returns (bool) {
        _checkDelay(executionDelay, 0);
        return super._grantRole(roleId, account, grantDelay, executionDelay);
    }

    function _setGrantDelay(uint64 roleId, uint32 newDelay) internal override {
        _checkDelay(newDelay, 0);
        super._setGrantDelay(roleId, newDelay);
    }

    function _setTargetAdminDelay(address target, uint32 newDelay) internal override {
        _checkDelay(newDelay, 0);
        super._setTargetAdminDelay(target, newDelay);
    }

    function _checkDelay(uint32 delay, uint32 least) private pure {
        if (delay < least || delay > MAX_DELAY) revert AccessDelayOutOfBounds(delay, least, MAX_DELAY);
    }
}
