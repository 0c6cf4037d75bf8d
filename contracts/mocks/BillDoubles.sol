// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Category, ICategories} from "../../interfaces/ICategories.sol";
import {ICreditRegistry} from "../../interfaces/ICreditRegistry.sol";
import {IObligations} from "../../interfaces/IObligations.sol";

/// @notice Test only: categories as a test sets them.
contract CategoriesDouble is ICategories {
    mapping(uint16 category => Category) private _categories;

    function set(uint16 category, Category calldata value) external {
        _categories[category] = value;
    }

    /// @inheritdoc ICategories
    function categoryOf(uint16 category) external view returns (Category memory) {
        return _categories[category];
    }

    /// @inheritdoc ICategories
    function categoryWord(uint16 category) external view returns (uint256 word) {
        Category storage value = _categories[category];
        assembly ("memory-safe") {
            word := sload(value.slot)
        }
    }
}

/// @notice Test only: takes down what is reported to the credit history.
contract BillOutcomes {
    event ReportedOnTime(address indexed reporter, IObligations.Kind kind, uint256[] items);
    event ReportedLate(address indexed reporter, IObligations.Kind kind, ICreditRegistry.Discharge[] outcomes);

    function countOnTime(IObligations.Kind kind, uint256[] calldata items) external {
        emit ReportedOnTime(msg.sender, kind, items);
    }

    function reportLate(IObligations.Kind kind, ICreditRegistry.Discharge[] calldata outcomes) external {
        emit ReportedLate(msg.sender, kind, outcomes);
    }
}
