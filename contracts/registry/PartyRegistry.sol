// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {IPartyRegistry} from "../../interfaces/IPartyRegistry.sol";
import {Sponsored} from "../access/Sponsored.sol";
import {Lists} from "../lib/Lists.sol";
import {PartyWord} from "../lib/PartyWord.sol";

/// @title Who is who: parties by id, wallets looked up at the edge
/// @notice Invariants (tests/stateful/test_party_registry.py):
/// 1. A wallet belongs to at most one party, and a replaced wallet to none for ever.
/// 2. A party that once had a wallet has one; the current wallet is linked to its party.
/// 3. The token holds a wallet back if and only if it is the current wallet of a party with a recovery on record.
contract PartyRegistry is IPartyRegistry, Sponsored, EIP712 {
    using Lists for uint256[];
    using PartyWord for uint256;

    string public constant VERSION = "1";
    uint256 public constant MAX_WALLETS = 32; // linked to one party

    bytes32 private constant JOIN_TYPE = keccak256("JoinCommunity(bytes32 identity,address wallet,uint256 nonce,uint256 deadline)");
    bytes32 private constant LINK_TYPE = keccak256("LinkWallet(uint32 party,address wallet,uint256 nonce,uint256 deadline)");
    uint256 private constant REPLACED = 1 << 255;

    ICommunityToken public immutable token;

    /// @inheritdoc IPartyRegistry
    uint32 public partyCount;
    mapping(uint256 party => uint256 word) private _parties; // PartyWord
    mapping(address wallet => uint256 link) private _links; // party 32 | REPLACED in the top bit
    /// @inheritdoc IPartyRegistry
    mapping(bytes32 identity => uint32 party) public partyOfIdentity;
    /// @inheritdoc IPartyRegistry
    mapping(address wallet => uint256 nonce) public linkNonce;

    constructor(address authority, address forwarder, address token_)
        Sponsored(authority, forwarder)
        EIP712("Commonhold PartyRegistry", VERSION)
    {
        token = ICommunityToken(token_);
    }

    // ------------------------------------------------------------------------------------------ register

    /// @inheritdoc IPartyRegistry
    function register(Kind kind, bytes32 identity, address wallet, uint256 deadline, bytes calldata signature)
        external
        restricted
        returns (uint32 party)
    {
        if (kind == Kind.NONE) revert PartyKindMissing();
        if (identity == 0) {
            if (kind == Kind.PERSON || kind == Kind.COMPANY) revert PartyIdentityMissing(kind);
        } else if (partyOfIdentity[identity] != 0) {
            revert PartyIdentityTaken(identity, partyOfIdentity[identity]);
        }
        party = ++partyCount;
        if (identity != 0) partyOfIdentity[identity] = party;
        _parties[party] = PartyWord.create(uint8(kind));
        emit PartyRegistered(party, kind, identity);
        if (wallet != address(0)) {
            _takeConsent(wallet, keccak256(abi.encode(JOIN_TYPE, identity, wallet, linkNonce[wallet], deadline)), deadline, signature);
            _linkFirst(party, wallet);
        }
    }

    /// @inheritdoc IPartyRegistry
    function linkFirst(uint32 party, address wallet, uint256 deadline, bytes calldata signature) external restricted {
        address current = _known(party).wallet();
        if (current != address(0)) revert PartyHasWallet(party, current);
        _takeConsent(wallet, _linkHash(party, wallet, deadline), deadline, signature);
        _linkFirst(party, wallet);
    }

    function _linkFirst(uint32 party, address wallet) private {
        _link(party, wallet);
        _parties[party] = _parties[party].withWallet(wallet);
        emit CurrentWalletChanged(party, address(0), wallet);
    }

    // ------------------------------------------------------------------------------------------ link, unlink, switch

    /// @inheritdoc IPartyRegistry
    function link(uint32 party, address wallet, uint256 deadline, bytes calldata signature) external {
        _actAs(party);
        _takeConsent(wallet, _linkHash(party, wallet, deadline), deadline, signature);
        _link(party, wallet);
    }

    /// @inheritdoc IPartyRegistry
    function unlink(address wallet) external {
        uint32 party = partyOf(wallet);
        if (party == 0) revert PartyNotLinked(wallet);
        if (wallet == _parties[party].wallet()) revert PartyWalletIsCurrent(wallet, party);
        if (_msgSender() != wallet) _actAs(party);
        delete _links[wallet];
        _parties[party] = _parties[party].withOneLess();
        emit WalletUnlinked(party, wallet);
    }

    /// @inheritdoc IPartyRegistry
    function switchWallet(address wallet) external {
        address current = _msgSender();
        uint32 party = partyOf(current);
        _actAs(party);
        if (_links[wallet] != party) revert PartyWalletNotOfParty(wallet, party);
        _parties[party] = _parties[party].withWallet(wallet);
        emit CurrentWalletChanged(party, current, wallet);
    }

    /// @inheritdoc IPartyRegistry
    function raiseLinkNonce() external returns (uint256 nonce) {
        nonce = ++linkNonce[_msgSender()];
        emit LinkNonceRaised(_msgSender(), nonce);
    }

    function _link(uint32 party, address wallet) private {
        uint256 link_ = _links[wallet];
        if (link_ & REPLACED != 0) revert PartyWalletReplaced(wallet);
        if (link_ != 0) revert PartyWalletTaken(wallet, link_);
        uint256 word = _parties[party];
        if (word.count() == MAX_WALLETS) revert PartyTooManyWallets(party, MAX_WALLETS);
        _links[wallet] = party;
        _parties[party] = word.withOneMore();
        emit WalletLinked(party, wallet);
    }

    function _linkHash(uint32 party, address wallet, uint256 deadline) private view returns (bytes32) {
        return keccak256(abi.encode(LINK_TYPE, party, wallet, linkNonce[wallet], deadline));
    }

    /// @dev Checks the wallet's signature and uses its nonce up.
    function _takeConsent(address wallet, bytes32 structHash, uint256 deadline, bytes calldata signature) private {
        if (block.timestamp > deadline) revert PartySignatureExpired(deadline, block.timestamp);
        if (!SignatureChecker.isValidSignatureNow(wallet, _hashTypedDataV4(structHash), signature)) revert PartySignatureInvalid(wallet);
        ++linkNonce[wallet];
    }

    /// @dev For every act of a party: the caller is its current wallet. The act ends a recovery by the manager and waits for one by guardians.
    function _actAs(uint32 party) private {
        address caller = _msgSender();
        if (party == 0) revert PartyNotLinked(caller);
        uint256 word = _known(party);
        if (word.wallet() != caller) revert PartyNotCurrentWallet(party, caller);
        if (word.expiry() == 0) return;
        if (word.pendingAt(block.timestamp) && word & PartyWord.BY_MANAGER == 0) revert PartyRecoveryRunning(party, word.expiry());
        _setRecovery(party, word, 0, false);
    }

    // ------------------------------------------------------------------------------------------ flags

    /// @inheritdoc IPartyRegistry
    function setCollectingConsent(bool consent) external {
        uint32 party = partyOf(_msgSender());
        _actAs(party);
        _parties[party] = _parties[party].withFlag(PartyWord.CONSENT, consent);
        emit CollectingConsentSet(party, consent);
    }

    /// @inheritdoc IPartyRegistry
    function setSuspended(uint32 party, bool suspended, bytes32 reasonHash) external restricted {
        _parties[party] = _known(party).withFlag(PartyWord.SUSPENDED, suspended);
        emit SuspensionSet(party, suspended, reasonHash);
    }

    // ------------------------------------------------------------------------------------------ for PartyRecovery

    /// @inheritdoc IPartyRegistry
    function setRecovery(uint32 party, uint40 until, bool byManager) external restricted {
        uint256 word = _known(party);
        if (word.wallet() == address(0)) revert PartyHasNoWallet(party);
        _setRecovery(party, word, until, byManager);
    }

    function _setRecovery(uint32 party, uint256 word, uint256 until, bool byManager) private {
        bool held = word.expiry() != 0;
        _parties[party] = word.withExpiry(until).withFlag(PartyWord.BY_MANAGER, byManager);
        emit RecoveryPendingSet(party, until, byManager);
        if (held != (until != 0)) token.setRecoveryHold(word.wallet(), until != 0);
    }

    /// @inheritdoc IPartyRegistry
    function replaceWallet(uint32 party, address newWallet) external restricted {
        uint256 word = _known(party);
        address oldWallet = word.wallet();
        if (oldWallet == address(0)) revert PartyHasNoWallet(party);
        if (oldWallet == newWallet) revert PartyWalletIsCurrent(newWallet, party);
        if (word.expiry() != 0) _setRecovery(party, word, 0, false);
        _links[oldWallet] = REPLACED | party;
        _parties[party] = _parties[party].withOneLess().withWallet(newWallet);
        emit WalletUnlinked(party, oldWallet);
        if (_links[newWallet] != party) _link(party, newWallet);
        emit WalletReplaced(party, oldWallet, newWallet);
        emit CurrentWalletChanged(party, oldWallet, newWallet);
        token.replaceWallet(oldWallet, newWallet);
    }

    // ------------------------------------------------------------------------------------------ look

    /// @inheritdoc IPartyRegistry
    function walletOf(uint32 party) external view returns (address) {
        return _parties[party].wallet();
    }

    /// @inheritdoc IPartyRegistry
    function partyOf(address wallet) public view returns (uint32) {
        uint256 link_ = _links[wallet];
        return link_ & REPLACED == 0 ? uint32(link_) : 0;
    }

    /// @inheritdoc IPartyRegistry
    function walletsOf(uint256[] calldata parties) external view returns (uint256[] memory wallets) {
        uint256 length = parties.length;
        wallets = new uint256[](length);
        for (uint256 i; i < length; ++i) wallets.set(i, uint160(_parties[parties.at(i)]));
    }

    /// @inheritdoc IPartyRegistry
    function payeesOf(uint256[] calldata parties) external view returns (uint256[] memory wallets) {
        uint256 length = parties.length;
        wallets = new uint256[](length);
        for (uint256 i; i < length; ++i) {
            uint256 word = _parties[parties.at(i)];
            if (!word.pendingAt(block.timestamp)) wallets.set(i, uint160(word));
        }
    }

    /// @inheritdoc IPartyRegistry
    function receiverOf(uint32 party) external view returns (address wallet) {
        uint256 word = _parties[party];
        if (!word.pendingAt(block.timestamp)) wallet = word.wallet();
    }

    /// @inheritdoc IPartyRegistry
    function isSuspended(uint32 party) external view returns (bool) {
        return _parties[party] & PartyWord.SUSPENDED != 0;
    }

    /// @inheritdoc IPartyRegistry
    function recoveryPending(uint32 party) external view returns (bool) {
        return _parties[party].pendingAt(block.timestamp);
    }

    /// @inheritdoc IPartyRegistry
    function recoveryUntil(uint32 party) external view returns (uint40) {
        return uint40(_parties[party].expiry());
    }

    /// @inheritdoc IPartyRegistry
    function collectingConsent(uint32 party) external view returns (bool) {
        return _parties[party] & PartyWord.CONSENT != 0;
    }

    /// @inheritdoc IPartyRegistry
    function consentsOf(uint256[] calldata parties) external view returns (uint256[] memory bits) {
        bits = new uint256[]((parties.length + 255) / 256);
        uint256 flag = PartyWord.CONSENT;
        // every lease of a settlement run passes here: plain indexing costs some 150 gas more for each
        assembly ("memory-safe") {
            mstore(0x20, _parties.slot)
            let at := parties.offset
            let end := add(at, shl(5, parties.length))
            for { let into := add(bits, 0x20) } lt(at, end) { into := add(into, 0x20) } {
                let until := add(at, 0x2000) // 256 parties
                if gt(until, end) { until := end }
                let word := 0
                for { let bit := 1 } lt(at, until) { at := add(at, 0x20) } {
                    mstore(0x00, and(calldataload(at), 0xffffffff))
                    if and(sload(keccak256(0x00, 0x40)), flag) { word := or(word, bit) }
                    bit := shl(1, bit)
                }
                mstore(into, word)
            }
        }
    }

    /// @inheritdoc IPartyRegistry
    function kindOf(uint32 party) external view returns (Kind) {
        return Kind(_parties[party].kind());
    }

    /// @inheritdoc IPartyRegistry
    function walletCount(uint32 party) external view returns (uint256) {
        return _parties[party].count();
    }

    /// @inheritdoc IPartyRegistry
    function replacedOf(address wallet) external view returns (uint32 party) {
        uint256 link_ = _links[wallet];
        return link_ & REPLACED == 0 ? 0 : uint32(link_);
    }

    function _known(uint32 party) private view returns (uint256 word) {
        word = _parties[party];
        if (word == 0) revert PartyUnknown(party);
    }
}
