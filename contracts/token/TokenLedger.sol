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
import {ISponsored} from "../../interfaces/ISponsored.sol";
import {AccountWord} from "../lib/AccountWord.sol";
import {Signatures} from "../lib/Signatures.sol";
import {Authorizations} from "./Authorizations.sol";
import {Collectors} from "./Collectors.sol";
import {Freezes} from "./Freezes.sol";
import {Minters} from "./Minters.sol";
import {Succession} from "./Succession.sol";

/// @title The lower storey of CommunityToken: ERC-20, EIP-2612, ERC-3009, notes and supply on one word per wallet
/// @dev One storey of the token's own, because the whole passes 400 lines: here what every token does, above it what the suite adds.
abstract contract TokenLedger is ICommunityToken, ERC20Permit, AccessManaged, ERC2771Context {
    using AccountWord for uint256;
    using Authorizations for mapping(address => mapping(bytes32 => bool));
    using Collectors for Collectors.Register;
    using Freezes for mapping(address => Freezes.Freeze);
    using Minters for Minters.Book;
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
    mapping(address wallet => mapping(bytes32 nonce => bool)) public authorizationState;
    Collectors.Register internal _collectors;
    Minters.Book private _minters;
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
        Account storage account = _accounts[to];
        uint256 word = account.word;
        if (word & (AccountWord.SUITE | AccountWord.REPLACED) == AccountWord.SUITE && !suiteSends) revert TokenRecipientIsSuite(to);
        _add(account, word, from, to, value);
    }

    /// @dev As _credit, for a receiver whose word was read already and who may receive.
    function _add(
        Account storage account,
        uint256 word,
        address from,
        address to,
        uint256 value
    ) internal {
        if (word & AccountWord.REPLACED != 0) {
            emit Transfer(from, to, value);
            (from, to) = (to, _lines.newestOf(to));
            account = _accounts[to];
            word = account.word;
        }
        unchecked {
            account.word = word + value;
        }
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

    // ------------------------------------------------------------------------------------------------ pay with a note

    /// @inheritdoc ICommunityToken
    function transferWithMemo(
        address to,
        uint256 amount,
        bytes32 memoHash
    ) external returns (bool) {
        emit TransferMemo(_msgSender(), to, amount, memoHash);
        return transfer(to, amount);
    }

    /// @inheritdoc ICommunityToken
    function payFor(
        address to,
        uint256 amount,
        bytes32 purpose,
        bytes32 memoHash
    ) external returns (bool) {
        if (purpose == 0) revert TokenCitationInvalid(purpose);
        emit PurposePaid(_msgSender(), to, purpose, amount, memoHash);
        return transfer(to, amount);
    }

    // ------------------------------------------------------------------------------------------------ ERC-3009

    /// @inheritdoc ICommunityToken
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        _authorize(
            Authorizations.Authorization(
                Authorizations.TRANSFER, from, to, value, validAfter, validBefore, nonce
            ),
            signature
        );
        _transfer(from, to, value);
    }

    /// @inheritdoc ICommunityToken
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        if (_msgSender() != to) revert TokenAuthorizationForOther(_msgSender(), to);
        _authorize(
            Authorizations.Authorization(
                Authorizations.RECEIVE, from, to, value, validAfter, validBefore, nonce
            ),
            signature
        );
        if (_accounts[to].word & AccountWord.SUITE == 0) _transfer(from, to, value);
        else _payIn(from, to, _less(from, _accounts[from].word, value), value);
    }

    /// @inheritdoc ICommunityToken
    function cancelAuthorization(
        address authorizer,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        _checkSignature(authorizer, authorizationState.cancel(authorizer, nonce), signature);
    }

    function _authorize(
        Authorizations.Authorization memory authorization,
        bytes calldata signature
    ) private {
        _checkSignature(authorization.from, authorizationState.use(authorization), signature);
    }

    // ------------------------------------------------------------------------------------------------ supply

    /// @inheritdoc ICommunityToken
    function mint(
        address to,
        uint256 amount,
        bytes32 citation
    ) external {
        _minters.spend(to, amount, citation);
        _mint(to, amount);
    }

    /// @inheritdoc ICommunityToken
    function burn(
        uint256 amount,
        bytes32 citation
    ) external {
        bool may = _minters.words[msg.sender] != 0 || _accounts[msg.sender].word & AccountWord.SUITE != 0;
        if (!may) revert TokenNotMinter(msg.sender);
        if (amount == 0) revert TokenAmountZero();
        emit Burned(msg.sender, amount, citation);
        _burn(msg.sender, amount);
    }

    /// @inheritdoc ICommunityToken
    function minterAllowance(
        address account
    ) external view returns (bool minter, uint256 allowance_) {
        return (_minters.words[account] != 0, _minters.words[account] >> 1);
    }

    /// @inheritdoc ICommunityToken
    function citationUsed(
        bytes32 citation
    ) external view returns (bool) {
        return _minters.used[citation];
    }

    /// @inheritdoc ICommunityToken
    function setMinter(
        address minter,
        uint96 allowance_
    ) external restricted {
        _minters.set(minter, allowance_);
    }

    /// @inheritdoc ICommunityToken
    function stopMinter(
        address minter
    ) external restricted {
        _minters.stop(minter);
    }

    // ------------------------------------------------------------------------------------------------ for the storey above

    /// @dev Moves money to a contract of the suite that takes it itself. A frozen wallet still pays collectors, because what they take are dues.
    /// `paid` is the payer's word afterwards.
    function _payIn(
        address payer,
        address suite,
        uint256 paid,
        uint256 amount
    ) internal {
        _debit(_accounts[payer], payer, suite, paid);
        _credit(payer, suite, amount, true);
    }

    function _debit(
        Account storage account,
        address payer,
        address suite,
        uint256 paid
    ) internal {
        if (paid & BLOCKED != 0) {
            paid = _cleared(payer, paid);
            if (paid & AccountWord.FROZEN != 0 && !_collectors.isKnown(suite)) {
                revert TokenFrozen(payer, _freezes.untilOf(payer));
            }
        }
        account.word = paid;
    }

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

    // as Sponsored has it, which would be a second storey beneath CommunityToken

    /// @dev Restricted functions are never called through the forwarder.
    function _checkCanCall(
        address caller,
        bytes calldata data
    ) internal override {
        if (caller != msg.sender) revert ISponsored.AccessForwardedCall(caller);
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
