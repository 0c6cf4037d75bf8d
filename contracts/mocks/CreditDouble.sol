// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";

/// @notice Test only: stands in CreditRegistry's place and writes every report down.
contract CreditDouble {
    event InTime(address indexed reporter, IObligations.Kind kind, uint256 party, uint256 month);
    event Late(
        address indexed reporter, IObligations.Kind kind, uint256 obligation, uint256 party, uint256 dueDay, uint256 day, bool waived
    );
    event Default(address indexed reporter, uint256 obligation, uint256 party, uint256 day);
    event Provider(address indexed reporter, uint256 party, uint256 month, uint256 lane);

    function countOnTime(IObligations.Kind kind, uint256[] calldata items) external {
        for (uint256 i; i < items.length; ++i) emit InTime(msg.sender, kind, uint32(items[i]), items[i] >> 32);
    }

    function reportLate(IObligations.Kind kind, ICreditRegistry.Discharge[] calldata outcomes) external {
        for (uint256 i; i < outcomes.length; ++i) {
            ICreditRegistry.Discharge calldata o = outcomes[i];
            emit Late(msg.sender, kind, o.obligation, o.party, o.dueDay, o.day, o.waived);
        }
    }

    function reportDefault(uint256 obligation, uint32 party, uint32 day) external {
        emit Default(msg.sender, obligation, party, day);
    }

    function reportProvider(uint32 party, uint256 month, uint8 lane) external {
        emit Provider(msg.sender, party, month, lane);
    }
}
