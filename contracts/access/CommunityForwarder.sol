// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";

/// @title The sponsor's door: executes residents' signed requests, so that a resident never needs the chain's coin
/// @notice OpenZeppelin's forwarder as it is. It holds no right and no money; a request names the resident, the target, the call, gas, nonce and deadline.
/// It takes the signatures of EOAs; contract wallets call directly. Role functions refuse what comes through it.
contract CommunityForwarder is ERC2771Forwarder {
    string public constant VERSION = "1";

    /// @param name of the EIP-712 domain that residents' wallets show
    constructor(string memory name) ERC2771Forwarder(name) {}
}
