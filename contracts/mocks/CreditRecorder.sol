// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";

/// @notice Test only: says what was reported, so that a test can tell each report call.
contract CreditRecorder {
    event OnTime(IObligations.Kind indexed kind, uint256[] items);
    event Late(IObligations.Kind indexed kind, ICreditRegistry.Discharge[] outcomes);

    function countOnTime(IObligations.Kind kind, uint256[] calldata items) external {
        emit OnTime(kind, items);
    }

    function reportLate(IObligations.Kind kind, ICreditRegistry.Discharge[] calldata outcomes) external {
        emit Late(kind, outcomes);
    }
}
