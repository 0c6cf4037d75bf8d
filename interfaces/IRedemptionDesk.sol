// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Community money back into bank money, by request
/// @notice A holder asks and hands in the money; the treasurer completes the request with the reference of the bank transfer, or refuses it with a reason and
/// gives the money back; if the treasurer is silent for 7 days the holder takes it back. The treasurer completes a request before he orders the bank transfer:
/// once completed it cannot be taken back. Where to pay is kept off chain; `payoutHash` is its salted hash. Amounts [cmt], times [unix].
interface IRedemptionDesk {
    enum State {
        NONE, // no such request
        REQUESTED,
        COMPLETED,
        REFUSED,
        TAKEN_BACK
    }

    /// @param holder wallet that handed the money in
    /// @param amount [cmt]
    /// @param requestedAt [unix]
    struct Redemption {
        address holder;
        uint96 amount;
        uint48 requestedAt;
        State state;
    }

    /// @notice A holder wants money at his bank; `payoutHash` is of where to. [cmt]
    event RedemptionRequested(uint256 indexed id, address indexed holder, uint256 amount, bytes32 payoutHash);
    /// @notice The treasurer has paid it by bank; the money here is destroyed. [cmt]
    event RedemptionCompleted(
        uint256 indexed id, address indexed treasurer, uint256 amount, bytes32 indexed bankReference
    );
    /// @notice The treasurer cannot pay it, for a reason kept off the chain: the holder has his money back. [cmt]
    event RedemptionRefused(
        uint256 indexed id, address indexed treasurer, uint256 amount, bytes32 reasonHash
    );
    /// @notice The holder took the request back after the time of silence. [cmt]
    event RedemptionTakenBack(uint256 indexed id, address indexed holder, uint256 amount);

    /// @notice There is no contract at this address.
    error RedemptionTokenHasNoCode(address token);
    /// @notice The amount is zero or larger than a request can be. [cmt]
    error RedemptionAmountInvalid(uint256 amount);
    /// @notice A hash of zero names nothing.
    error RedemptionHashZero();
    /// @notice The request is settled already.
    error RedemptionNotOpen(uint256 id, State state);
    /// @notice Only who made the request can take it back.
    error RedemptionNotHolder(uint256 id, address caller, address holder);
    /// @notice It can be taken back from `from` on. [unix]
    error RedemptionTooEarly(uint256 id, uint256 from, uint256 time);
    /// @notice The holder's wallet is frozen, replaced, or under recovery: refuse the request or wait.
    error RedemptionHolderBlocked(uint256 id, address holder);
    /// @notice Another request was paid with this bank reference.
    error RedemptionReferenceUsed(bytes32 bankReference);

    // ---- ask and take back
    /// @notice Hand in `amount`, which the caller has approved to this contract, to be paid out by the bank.
    function request(
        uint256 amount,
        bytes32 payoutHash
    ) external returns (uint256 id);
    /// @notice As request, by one ERC-3009 authorisation (ReceiveWithAuthorization to this contract) whose nonce is authorizationNonce(payoutHash, salt).
    /// Anybody may submit it.
    function requestWithAuthorization(
        address holder,
        uint256 amount,
        bytes32 payoutHash,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external returns (uint256 id);
    /// @notice The nonce that binds an authorisation to the payout it is meant for.
    function authorizationNonce(
        bytes32 payoutHash,
        bytes32 salt
    ) external pure returns (bytes32);
    /// @notice Take the money back after 7 days without an answer. For the holder, or the wallet that replaced his.
    function takeBack(
        uint256 id
    ) external;

    // ---- answer
    /// @notice Destroy the money because the bank pays it out under `bankReference`, which counts once.
    /// @custom:role TREASURER
    function complete(
        uint256 id,
        bytes32 bankReference
    ) external;
    /// @notice Give the money back, for a reason.
    /// @custom:role TREASURER
    function refuse(
        uint256 id,
        bytes32 reasonHash
    ) external;

    // ---- look
    /// @notice What is known of a request; zeros for an unknown id.
    function redemptionOf(
        uint256 id
    ) external view returns (Redemption memory);
    /// @notice Requests so far; they are numbered from 1.
    function redemptionCount() external view returns (uint256);
    /// @notice The sum of all open requests; this contract's balance covers it. [cmt]
    function heldForRedemption() external view returns (uint256);
    /// @notice Whether a request was paid with this bank reference.
    function bankReferenceUsed(
        bytes32 bankReference
    ) external view returns (bool);
}
