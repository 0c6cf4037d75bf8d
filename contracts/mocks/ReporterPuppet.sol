// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IObligations} from "../../interfaces/IObligations.sol";

/// @notice Test only: reports what it is told to, and answers for obligations as it was told.
contract ReporterPuppet is IObligations {
    struct Told {
        Kind kind;
        uint32 party;
        uint32 dueDay;
        uint32 lastOnTimeDay;
        uint256 open;
    }

    mapping(uint256 obligation => Told) private _told;

    function tell(uint256 obligation, Told calldata told) external {
        _told[obligation] = told;
    }

    /// @inheritdoc IObligations
    function overdueOf(uint256 obligation) external view returns (Kind, uint32, uint32, uint32, uint256) {
        Told memory t = _told[obligation];
        return (t.kind, t.party, t.dueDay, t.lastOnTimeDay, t.open);
    }

    function act(address target, bytes calldata data) external returns (bytes memory answer) {
        bool done;
        (done, answer) = target.call(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
    }
}
