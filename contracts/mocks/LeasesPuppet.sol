// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Test only: stands in LeaseAgreement's place and does what LeaseAgreement never does.
contract LeasesPuppet {
    uint32 public constant today = 20_000; // [day]

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
