// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What trusted issuers say of parties: real name, owner, merchant, staff licence, income, meter
/// @notice An attestation is a salted commitment with an expiry, by one issuer, on one topic, about one party; its content stays off chain. Issuers are parties
/// that ADMIN trusts per topic. The subject may drop what is said of it. An issuer that loses its trust takes its attestations with it.
/// A topic is the hash of its name, times are in seconds since 1970 [unix].
interface IAttestations {
    /// @param commitment salted hash of the content
    /// @param issuedAt [unix]
    /// @param expiresAt first second in which it no longer holds [unix]
    struct Attestation {
        bytes32 commitment;
        uint40 issuedAt;
        uint40 expiresAt;
    }

    /// @param effectiveAt from when its attestations count; 0 = trust ended at once [unix]
    event IssuerSet(bytes32 indexed topic, uint256 indexed issuer, uint256 effectiveAt);
    /// @notice An issuer vouches for a topic of a subject. `commitment` hides what is said; `expiresAt` ends it. [unix]
    event Attested(bytes32 indexed topic, uint256 indexed subject, uint256 indexed issuer, bytes32 commitment, uint256 expiresAt);
    /// @notice The issuer takes it back, for a reason kept off the chain.
    event AttestationRevoked(bytes32 indexed topic, uint256 indexed subject, uint256 indexed issuer, bytes32 reasonHash);
    /// @notice The subject itself drops what was said of it.
    event AttestationDropped(bytes32 indexed topic, uint256 indexed subject, uint256 indexed issuer);

    /// @notice A topic of zero names nothing.
    error AttestationTopicMissing();
    /// @notice No party has this id.
    error AttestationPartyUnknown(uint256 party);
    /// @notice This party is an issuer of the topic already.
    error AttestationIssuerKnown(bytes32 topic, uint256 issuer);
    /// @notice ADMIN has not made this party an issuer of the topic, or its trust has not taken effect.
    error AttestationIssuerUntrusted(bytes32 topic, uint256 issuer);
    /// @notice The issuer's wallet is being replaced; whoever holds it attests nothing meanwhile.
    error AttestationIssuerInRecovery(uint256 issuer);
    /// @notice A topic has at most `most` issuers; remove one first.
    error AttestationTooManyIssuers(bytes32 topic, uint256 most);
    /// @notice The caller is not the current wallet of a party.
    error AttestationNotCurrentWallet(address caller);
    /// @notice Nobody attests for himself.
    error AttestationOfOneself(uint256 party);
    /// @notice A commitment of zero says nothing.
    error AttestationCommitmentMissing();
    /// @notice The expiry lies in the future, at most MAX_VALIDITY away.
    error AttestationExpiryInvalid(uint256 expiresAt, uint256 most);
    /// @notice This issuer has said nothing of the subject under this topic, or it has ended.
    error AttestationNone(bytes32 topic, uint256 subject, uint256 issuer);

    /// @notice Trusts a party on a topic: at once on the day of deployment, later after ISSUER_DELAY.
    /// @custom:role ADMIN
    function addIssuer(bytes32 topic, uint32 issuer) external;

    /// @notice Ends the trust at once, for all that the issuer said on the topic.
    /// @custom:role ADMIN
    function removeIssuer(bytes32 topic, uint32 issuer) external;

    /// @notice The issuer, by its current wallet, attests; a new attestation takes the place of its earlier one.
    /// @param commitment salted hash of the content, never of the content alone
    function attest(bytes32 topic, uint32 subject, bytes32 commitment, uint40 expiresAt) external;

    /// @notice The issuer takes an attestation back, for a reason.
    function revoke(bytes32 topic, uint32 subject, bytes32 reasonHash) external;

    /// @notice The subject, by its current wallet, drops what an issuer said of it.
    function drop(bytes32 topic, uint32 issuer) external;

    /// @notice The attestation of one issuer that holds now; all zero if there is none, or it expired, or the issuer is not trusted.
    function attestationOf(bytes32 topic, uint32 subject, uint32 issuer) external view returns (Attestation memory);
    /// @notice A trusted issuer whose attestation on the topic holds now, 0 if there is none.
    function issuerFor(bytes32 topic, uint32 subject) external view returns (uint32 issuer);
    /// @notice The issuers of a topic, trusted or about to be.
    function issuersOf(bytes32 topic) external view returns (uint32[] memory);
    /// @notice From when an issuer is trusted, 0 = never. [unix]
    function trustedFrom(bytes32 topic, uint32 issuer) external view returns (uint40);
}
