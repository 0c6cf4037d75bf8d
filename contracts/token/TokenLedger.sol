// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {AccountWord} from "../lib/AccountWord.sol";
import {Signatures} from "../lib/Signatures.sol";
import {Freezes} from "./Freezes.sol";
import {Succession} from "./Succession.sol";

/// @title The lower half of CommunityToken: OpenZeppelin's ERC-20 and permit on one word per wallet, and who may move and sign
/// @dev One storey of the token's own, because the whole passes 400 lines: here every way in which a balance changes by a holder's act,
/// above it who may ask for it.
abstract contract TokenLedger is ICommunityToken, ERC20Permit, AccessManaged, ERC2771Context {
    using AccountWord for uint256;
    using Freezes for mapping(address => Freezes.Freeze);
    using Succession for mapping(address => uint256);

    struct Account {
        uint256 word; // AccountWord
    }

    uint256 internal constant BLOCKED = AccountWord.FROZEN | AccountWord.RECOVERY_HOLD | AccountWord.REPLACED;
    uint256 private constant MAX_NAME = 31; // of the EIP-712 domain [bytes]

    uint96 public immutable supplyCap; // [cmt]

    mapping(address wallet => Account) internal _accounts;
    mapping(address wallet => uint256) internal _lines; // Succession
    mapping(address wallet => Freezes.Freeze) internal _freezes;
    uint96 private _supply; // [cmt]

    constructor(
        address authority_,
        address forwarder,
        uint96 supplyCap_,
        string memory name_,
        string memory symbol_
    ) ERC20(name_, symbol_) ERC20Permit(name_) AccessManaged(authority_) ERC2771Context(forwarder) {
        uint256 length = bytes(name_).length;
        if (length == 0 || length > MAX_NAME) revert TokenNameInvalid(length, MAX_NAME);
        supplyCap = supplyCap_;
        _accounts[address(this)].word = AccountWord.SUITE; // so that nothing is sent here
    }

    // ------------------------------------------------------------------------------------------------ ERC-20 on one word per wallet

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function totalSupply() public view override(ERC20, IERC20) returns (uint256) {
        return _supply;
    }

    function balanceOf(
        address wallet
    ) public view override(ERC20, IERC20) returns (uint256) {
        return _accounts[wallet].word.balance();
    }

    function nonces(
        address owner
    ) public view override(ERC20Permit, IERC20Permit) returns (uint256) {
        return super.nonces(owner);
    }

    /// @dev Every ordinary movement, mint and burn. Refuses blocked senders and, unless a contract of the suite sends, receivers of the suite.
    function _update(
        address from,
        address to,
        uint256 value
    ) internal override {
        uint256 fromWord;
        if (from == address(0)) {
            uint256 supply = _supply + value;
            if (supply > supplyCap) revert TokenSupplyCapExceeded(supply, supplyCap);
            _supply = uint96(supply);
        } else {
            fromWord = _accounts[from].word;
            if (fromWord & BLOCKED != 0) {
                fromWord = _cleared(from, fromWord);
                if (fromWord & AccountWord.FROZEN != 0) revert TokenFrozen(from, _freezes[from].until);
            }
            _accounts[from].word = _less(from, fromWord, value);
        }
        if (to != address(0)) {
            _credit(from, to, value, fromWord & AccountWord.SUITE != 0);
        } else {
            _supply -= uint96(value); // value <= a balance <= supply
            emit Transfer(from, to, value);
        }
    }

    /// @dev Adds to a wallet or its successor and emits the Transfer events. No overflow: all balances together are at most supplyCap.
    function _credit(
        address from,
        address to,
        uint256 value,
        bool suiteSends
    ) internal {
        uint256 word = _accounts[to].word;
        if (word & (AccountWord.SUITE | AccountWord.REPLACED) != 0) {
            if (word & AccountWord.REPLACED != 0) {
                emit Transfer(from, to, value);
                (from, to) = (to, _lines.newestOf(to));
                word = _accounts[to].word;
            } else if (!suiteSends) {
                revert TokenRecipientIsSuite(to);
            }
        }
        _accounts[to].word = word + value;
        emit Transfer(from, to, value);
    }

    function _less(
        address wallet,
        uint256 word,
        uint256 value
    ) internal pure returns (uint256) {
        if (word.balance() < value) revert ERC20InsufficientBalance(wallet, word.balance(), value);
        unchecked {
            return word - value;
        }
    }

    /// @dev The word without a freeze that is over; reverts for a wallet that may not pay at all.
    function _cleared(
        address wallet,
        uint256 word
    ) internal view returns (uint256) {
        _refuseReplaced(wallet, word);
        if (word & AccountWord.RECOVERY_HOLD != 0) revert TokenRecoveryPending(wallet);
        return _freezes.untilOf(wallet) == 0 ? word & ~AccountWord.FROZEN : word;
    }

    function _refuseReplaced(
        address wallet,
        uint256 word
    ) internal view {
        if (word & AccountWord.REPLACED != 0) revert TokenWalletReplaced(wallet, _lines.newestOf(wallet));
    }

    /// @dev A replaced wallet gives no allowance, neither by transaction nor by permit.
    function _approve(
        address owner,
        address spender,
        uint256 value,
        bool emitEvent
    ) internal override {
        if (emitEvent) _refuseReplaced(owner, _accounts[owner].word);
        super._approve(owner, spender, value, emitEvent);
    }

    // ------------------------------------------------------------------------------------------------ for the storey above

    /// @dev A replaced wallet signs nothing.
    function _checkSignature(
        address wallet,
        bytes32 structHash,
        bytes calldata signature
    ) internal view {
        _refuseReplaced(wallet, _accounts[wallet].word);
        if (!Signatures.isValid(wallet, _hashTypedDataV4(structHash), signature)) {
            revert TokenSignatureInvalid(wallet);
        }
    }

    // ------------------------------------------------------------------------------------------------ who calls

    /// @dev Restricted functions are never called through the forwarder.
    function _checkCanCall(
        address caller,
        bytes calldata data
    ) internal override {
        if (caller != msg.sender) revert TokenForwardedCall(caller);
        super._checkCanCall(caller, data);
    }

    function _msgSender() internal view override(Context, ERC2771Context) returns (address) {
        return ERC2771Context._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength() internal view override(Context, ERC2771Context) returns (uint256) {
        return ERC2771Context._contextSuffixLength();
    }
}
