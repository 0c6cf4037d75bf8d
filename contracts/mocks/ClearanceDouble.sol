// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IClearance} from "../../interfaces/IClearance.sol";

/// @notice Test only: clears transfers, or does not, as it is told.
contract ClearanceDouble is IClearance {
    bool public cleared;

    function setCleared(bool cleared_) external {
        cleared = cleared_;
    }

    /// @inheritdoc IClearance
    function clearedToTransfer(uint32, uint32, uint32) external view returns (bool) {
        return cleared;
    }
}
