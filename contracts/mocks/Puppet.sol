// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Test only: a contract that calls what it is told to, in the place of a contract of the suite.
contract Puppet {
    function act(
        address target,
        bytes calldata data
    ) external payable returns (bytes memory answer) {
        bool done;
        (done, answer) = target.call{value: msg.value}(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
    }
}
