// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {IRedemptionDesk} from "../../interfaces/IRedemptionDesk.sol";
import {Sponsored} from "../access/Sponsored.sol";

/// @title RedemptionDesk
/// @notice Invariants, checked by tests/stateful/test_token_and_reserve.py:
///  RED-1 heldForRedemption is the sum of the open requests, and this contract's balance is at least that.
///  RED-2 A request ends once: completed, refused or taken back; after 7 days it can always end by its holder alone.
/// @dev The token calls nobody, so the only foreign code in reach is the holder's own wallet checking its signature.
contract RedemptionDesk is IRedemptionDesk, Sponsored {
    string public constant VERSION = "1";
    uint256 public constant SILENCE = 7 days;

    ICommunityToken public immutable token;

    Redemption[] private _redemptions; // id - 1
    uint256 public heldForRedemption; // [cmt]
    mapping(bytes32 bankReference => bool) public bankReferenceUsed;

    constructor(
        address authority_,
        address forwarder,
        address token_
    ) Sponsored(authority_, forwarder) {
        if (token_.code.length == 0) revert RedemptionTokenHasNoCode(token_);
        token = ICommunityToken(token_);
    }

    // ------------------------------------------------------------------------------------------ ask and take back

    /// @inheritdoc IRedemptionDesk
    function request(
        uint256 amount,
        bytes32 payoutHash
    ) external returns (uint256 id) {
        id = _open(_msgSender(), amount, payoutHash);
        token.pull(_msgSender(), amount);
    }

    /// @inheritdoc IRedemptionDesk
    function requestWithAuthorization(
        address holder,
        uint256 amount,
        bytes32 payoutHash,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external returns (uint256 id) {
        id = _open(holder, amount, payoutHash);
        bytes32 nonce = authorizationNonce(payoutHash, salt);
        token.receiveWithAuthorization(
            holder, address(this), amount, validAfter, validBefore, nonce, signature
        );
    }

    /// @inheritdoc IRedemptionDesk
    function authorizationNonce(
        bytes32 payoutHash,
        bytes32 salt
    ) public pure returns (bytes32) {
        return keccak256(abi.encode(payoutHash, salt));
    }

    function _open(
        address holder,
        uint256 amount,
        bytes32 payoutHash
    ) private returns (uint256 id) {
        if (amount == 0 || amount > type(uint96).max) revert RedemptionAmountInvalid(amount);
        if (payoutHash == 0) revert RedemptionHashZero();
        _redemptions.push(
            Redemption({
                holder: holder,
                amount: uint96(amount),
                requestedAt: uint48(block.timestamp),
                state: State.REQUESTED
            })
        );
        id = _redemptions.length;
        heldForRedemption += amount;
        emit RedemptionRequested(id, holder, amount, payoutHash);
    }

    /// @inheritdoc IRedemptionDesk
    function takeBack(
        uint256 id
    ) external {
        (address holder, uint256 amount) = _close(id, State.TAKEN_BACK);
        (,,, address receiver) = token.statusOf(holder);
        if (_msgSender() != receiver) revert RedemptionNotHolder(id, _msgSender(), receiver);
        uint256 from = _redemptions[id - 1].requestedAt + SILENCE;
        if (block.timestamp < from) revert RedemptionTooEarly(id, from, block.timestamp);
        emit RedemptionTakenBack(id, receiver, amount);
        _giveBack(holder, amount);
    }

    // ------------------------------------------------------------------------------------------ answer

    /// @inheritdoc IRedemptionDesk
    function complete(
        uint256 id,
        bytes32 bankReference
    ) external restricted {
        (address holder, uint256 amount) = _close(id, State.COMPLETED);
        (, bool recoveryHold, uint256 frozenUntil, address receiver) = token.statusOf(holder);
        if (recoveryHold || frozenUntil != 0 || receiver != holder) {
            revert RedemptionHolderBlocked(id, holder);
        }
        if (bankReference == 0) revert RedemptionHashZero();
        if (bankReferenceUsed[bankReference]) revert RedemptionReferenceUsed(bankReference);
        bankReferenceUsed[bankReference] = true;
        emit RedemptionCompleted(id, msg.sender, amount, bankReference);
        token.burn(amount, bankReference);
    }

    /// @inheritdoc IRedemptionDesk
    function refuse(
        uint256 id,
        bytes32 reasonHash
    ) external restricted {
        (address holder, uint256 amount) = _close(id, State.REFUSED);
        if (reasonHash == 0) revert RedemptionHashZero();
        emit RedemptionRefused(id, msg.sender, amount, reasonHash);
        _giveBack(holder, amount);
    }

    function _close(
        uint256 id,
        State state
    ) private returns (address holder, uint256 amount) {
        if (id == 0 || id > _redemptions.length) revert RedemptionNotOpen(id, State.NONE);
        Redemption storage redemption = _redemptions[id - 1];
        if (redemption.state != State.REQUESTED) revert RedemptionNotOpen(id, redemption.state);
        redemption.state = state;
        (holder, amount) = (redemption.holder, redemption.amount);
        heldForRedemption -= amount;
    }

    /// @dev The token forwards to the wallet that replaced the holder's, if one did.
    function _giveBack(
        address holder,
        uint256 amount
    ) private {
        assert(token.transfer(holder, amount)); // the token answers true or reverts
    }

    // ------------------------------------------------------------------------------------------ look

    /// @inheritdoc IRedemptionDesk
    function redemptionOf(
        uint256 id
    ) external view returns (Redemption memory redemption) {
        if (id != 0 && id <= _redemptions.length) redemption = _redemptions[id - 1];
    }

    /// @inheritdoc IRedemptionDesk
    function redemptionCount() external view returns (uint256) {
        return _redemptions.length;
    }
}
