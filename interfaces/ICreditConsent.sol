// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Who may use a credit history for what, and who did
/// @notice Three consents, each on its own. Collecting is the party's flag in PartyRegistry; sharing a statement with a named reader and use
/// by a named lender are kept here, each with an end and a number of uses. Everything on a public chain can be seen by everybody: consent
/// governs who may use it for a decision and leaves a record of each such use; it hides nothing.
/// Times are in seconds since 1970 [unix]. Functions of a party are for its current wallet, also sponsored (ERC-2771).
interface ICreditConsent {
    enum Purpose {
        SHARING, // a statement is handed to the reader
        LENDING // the reader decides about a loan
    }

    enum Refusal {
        NONE, // there is no consent for this reader and purpose
        EXPIRED,
        USED_UP
    }

    /// @param expiry last second [unix]
    /// @param uses how many are left
    struct Consent {
        uint40 expiry;
        uint32 uses;
    }

    /// @notice A party lets a reader use its history for one purpose, until `expiry` and so many times. [unix]
    event ConsentGranted(uint256 indexed party, uint256 indexed reader, Purpose indexed purpose, uint256 expiry, uint256 uses);
    /// @notice The party takes the permission back.
    event ConsentRevoked(uint256 indexed party, uint256 indexed reader, Purpose indexed purpose);
    /// @notice A history was used for a decision.
    /// @param decisionHash of the decision or the document that it served
    /// @param by who recorded it: the reader's wallet, an officer or a lending contract
    event ReadRecorded(
        uint256 indexed party, uint256 indexed reader, Purpose indexed purpose, bytes32 decisionHash, uint256 usesLeft, address by
    );
    /// @notice A reader without a consent that holds wanted to use a history.
    event ReadRefused(uint256 indexed party, uint256 indexed reader, Purpose indexed purpose, bytes32 decisionHash, Refusal why);
    /// @notice Signed permissions of lower nonces no longer count.
    event ConsentNonceRaised(uint256 indexed party, uint256 nonce);

    /// @notice Only the party's current wallet can grant or revoke.
    error ConsentNotParty(uint256 party, address caller);
    /// @notice The party's wallet is being replaced; wait until that has ended.
    error ConsentPartyInRecovery(uint256 party);
    /// @notice The reader is no party, or the party itself.
    error ConsentReaderInvalid(uint256 reader);
    /// @notice A permission ends between `least` and `most`. [unix]
    error ConsentExpiryInvalid(uint256 expiry, uint256 least, uint256 most);
    /// @notice A permission counts for `least` to `most` uses.
    error ConsentUsesInvalid(uint256 uses, uint256 least, uint256 most);
    /// @notice There is no permission for this purpose, or it has ended: `why` says which.
    error ConsentMissing(uint256 party, uint256 reader, Purpose purpose, Refusal why);
    /// @notice The signature's deadline has passed. [unix]
    error ConsentSignatureExpired(uint256 deadline, uint256 time);
    /// @notice The signature is not that of the party's current wallet.
    error ConsentSignatureInvalid(uint256 party, address wallet);

    // ---- the party

    /// @notice Allows a reader to use the caller's history for one purpose; replaces an earlier consent for both.
    /// @param expiry last second, at most MAX_TERM from now [unix]
    /// @param uses how often, 1 to MAX_USES
    function grant(uint32 reader, Purpose purpose, uint40 expiry, uint32 uses) external;

    /// @notice The same with the signature of the party's current wallet, also of a contract wallet, over
    /// `CreditConsent(uint32 party,uint32 reader,uint8 purpose,uint40 expiry,uint32 uses,uint256 nonce,uint256 deadline)`.
    function grantBySignature(
        uint32 party,
        uint32 reader,
        Purpose purpose,
        uint40 expiry,
        uint32 uses,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Ends a consent at once. Nothing happens if there is none.
    function revoke(uint32 reader, Purpose purpose) external;

    /// @notice Withdraws every unused signature of the caller's party.
    function raiseConsentNonce() external returns (uint256 nonce);

    // ---- readers

    /// @notice The reader, by its current wallet, records that it uses a history for a decision. False, and a refusal on record, without a
    /// consent that holds: then it must not be used.
    function recordRead(uint32 party, Purpose purpose, bytes32 decisionHash) external returns (bool allowed);

    /// @notice An officer records that a statement is handed to a reader.
    /// @dev Reverts without a consent for sharing that holds.
    /// @custom:role OFFICER
    function recordRelease(uint32 party, uint32 reader, bytes32 statementHash) external;

    /// @notice For CreditFormula, when a lender takes up exposure.
    /// @dev Reverts without a consent for lending that holds.
    /// @custom:role LIMITS
    function recordLending(uint32 party, uint32 reader, bytes32 decisionHash) external;

    // ---- look

    /// @notice The permission that a party has given a reader for a purpose; zeros if none.
    function consentOf(uint32 party, uint32 reader, Purpose purpose) external view returns (Consent memory);
    /// @notice Whether a use would be allowed now.
    function allows(uint32 party, uint32 reader, Purpose purpose) external view returns (bool);
    /// @notice The nonce that the party's next signature must carry.
    function consentNonce(uint32 party) external view returns (uint256);
}
