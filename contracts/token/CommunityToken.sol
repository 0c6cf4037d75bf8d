// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Code} from "../../interfaces/Codes.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {AccountWord} from "../lib/AccountWord.sol";
import {Calendar} from "../lib/Calendar.sol";
import {Lists} from "../lib/Lists.sol";
import {Collectors} from "./Collectors.sol";
import {Freezes} from "./Freezes.sol";
import {Succession} from "./Succession.sol";
import {TokenLedger} from "./TokenLedger.sol";

/// @title CommunityToken
/// @notice Invariants, checked by tests/stateful/test_token_and_reserve.py:
///  TOK-1 The sum of all balances is totalSupply, and totalSupply never passes supplyCap.
///  TOK-2 The sum of Transfer events into and out of a wallet is its balance.
///  TOK-3 Within one civil month no more is collected under a wallet's mandate than the highest limit it had in that month, by named collectors alone.
///  TOK-4 What was minted less what was burned is totalSupply; no citation was minted twice.
///  TOK-5 A replaced wallet has no balance and no mandate.
contract CommunityToken is TokenLedger {
    using AccountWord for uint256;
    using Collectors for Collectors.Register;
    using Freezes for mapping(address => Freezes.Freeze);
    using Lists for uint256[];
    using Succession for mapping(address => uint256);

    string public constant VERSION = "1";
    uint256 private constant MAX_BATCH = 256; // bits of disburse's answer
    bytes32 private constant SET_MANDATE = keccak256(
        "SetMandate(address wallet,uint256 limit,uint16 collectors,uint16 expiryMonth,bool allowPartial,uint256 nonce,uint256 deadline)"
    );

    int32 public immutable utcOffset; // [seconds east of UTC]
    uint256 public immutable bootstrapUntil; // collectors registered until then are effective at once [unix]

    mapping(address wallet => uint256) public mandateNonce;

    constructor(
        address authority_,
        address forwarder,
        int32 utcOffset_,
        uint96 supplyCap_,
        string memory name_,
        string memory symbol_
    ) TokenLedger(authority_, forwarder, supplyCap_, name_, symbol_) {
        if (utcOffset_ < -12 hours || utcOffset_ > 14 hours) revert TokenUtcOffsetInvalid(utcOffset_);
        (utcOffset, bootstrapUntil) = (utcOffset_, block.timestamp + 1 days);
    }

    // ------------------------------------------------------------------------------------------------ collect, pull, disburse

    /// @inheritdoc ICommunityToken
    function collect(uint256[] calldata items) external returns (uint256[] memory results) {
        uint256 bit = uint256(_collectors.bitOf(msg.sender)) << AccountWord.COLLECTORS_SHIFT;
        if (bit == 0) revert TokenNotCollector(msg.sender);
        uint256 month = currentMonth();
        results = new uint256[](items.length);
        uint256 total;
        unchecked {
            for (uint256 i = 0; i < items.length; ++i) {
                (uint256 result, uint256 taken) = _collectOne(items[i], bit, month);
                results[i] = result;
                total += taken;
            }
            if (total != 0) _accounts[msg.sender].word += total;
        }
    }

    /// @dev One slot read once and written once; nothing is called.
    function _collectOne(uint256 item, uint256 bit, uint256 month) private returns (uint256 result, uint256 taken) {
        uint256 amount = item >> 160;
        if (amount == 0) return (item == 0 ? 0 : uint256(Code.NOTHING_DUE) << 96, 0);
        address wallet = address(uint160(item));
        Account storage account = _accounts[wallet];
        uint256 next;
        Code code;
        (next, code, taken) = account.word.take(amount, bit, month);
        if (taken != 0) {
            account.word = next;
            emit Transfer(wallet, msg.sender, taken);
        } else if (wallet == address(0)) {
            code = Code.NO_WALLET; // its word is always empty, so nothing was taken
        }
        result = (uint256(code) << 96) | taken;
    }

    /// @inheritdoc ICommunityToken
    function pull(address payer, uint256 amount) external {
        _takeFrom(payer, amount);
        _credit(payer, msg.sender, amount, true);
    }

    /// @inheritdoc ICommunityToken
    function pullTo(address payer, address suite, uint256 amount) external {
        if (_accounts[suite].word & AccountWord.SUITE == 0) revert TokenNotSuite(suite);
        _takeFrom(payer, amount);
        _credit(payer, suite, amount, true);
    }

    /// @inheritdoc ICommunityToken
    function disburseFrom(address payer, uint256 amount, uint256[] calldata items) external returns (uint256 undelivered) {
        if (items.length > MAX_BATCH) revert TokenBatchTooLarge(items.length, MAX_BATCH);
        _takeFrom(payer, amount);
        uint256 total;
        (total, undelivered) = _creditAll(payer, items);
        if (total > amount) revert ERC20InsufficientBalance(payer, amount, total);
        if (total != amount) _credit(payer, msg.sender, amount - total, true);
    }

    /// @dev Out of the payer's mandate if that covers all of it, otherwise out of his allowance to the caller.
    function _takeFrom(address payer, uint256 amount) private {
        uint256 bit = uint256(_collectors.bitOf(msg.sender)) << AccountWord.COLLECTORS_SHIFT;
        if (bit == 0 && _accounts[msg.sender].word & AccountWord.SUITE == 0) revert TokenNotSuite(msg.sender); // every collector is of the suite
        Account storage account = _accounts[payer];
        uint256 word = account.word;
        (uint256 paid, Code code,) = word.take(amount, bit, currentMonth());
        if (code != Code.COLLECTED) {
            if (code != Code.NO_FUNDS) _spendAllowance(payer, msg.sender, amount); // a mandate that would do needs no allowance, but money
            paid = _less(payer, word, amount);
        }
        _debit(account, payer, msg.sender, paid);
    }

    /// @dev Pays every item but those without a wallet or to one of the suite's own contracts.
    function _creditAll(address from, uint256[] calldata items) private returns (uint256 total, uint256 undelivered) {
        uint256 length = items.length;
        for (uint256 i = 0; i < length; ++i) {
            uint256 item = items.at(i);
            uint256 amount = item >> 160;
            address payee = address(uint160(item));
            if (amount == 0) continue;
            Account storage account = _accounts[payee];
            uint256 word = account.word;
            if (payee == address(0) || word & AccountWord.SUITE != 0) {
                undelivered |= 1 << i;
            } else {
                unchecked {
                    total += amount; // at most 256 of them below 2^96
                }
                _add(account, word, from, payee, amount);
            }
        }
    }

    /// @inheritdoc ICommunityToken
    function disburse(uint256[] calldata items) external returns (uint256 undelivered) {
        uint256 word = _accounts[msg.sender].word;
        if (word & AccountWord.SUITE == 0) revert TokenNotSuite(msg.sender);
        if (items.length > MAX_BATCH) revert TokenBatchTooLarge(items.length, MAX_BATCH);
        uint256 total;
        (total, undelivered) = _creditAll(msg.sender, items);
        _accounts[msg.sender].word = _less(msg.sender, word, total); // no payee is the caller, which is of the suite
    }

    // ------------------------------------------------------------------------------------------------ mandates

    /// @inheritdoc ICommunityToken
    function setMandate(Mandate calldata mandate) external {
        _setMandate(_msgSender(), mandate);
    }

    /// @inheritdoc ICommunityToken
    function setMandateBySignature(address wallet, Mandate calldata mandate, uint256 nonce, uint256 deadline, bytes calldata signature) external {
        if (block.timestamp > deadline) revert TokenSignatureExpired(deadline, block.timestamp);
        if (nonce != mandateNonce[wallet]) revert TokenNonceInvalid(wallet, nonce, mandateNonce[wallet]);
        mandateNonce[wallet] = nonce + 1;
        _checkSignature(
            wallet, keccak256(abi.encode(SET_MANDATE, wallet, mandate, nonce, deadline)), signature
        );
        _setMandate(wallet, mandate);
    }

    function _setMandate(address wallet, Mandate calldata mandate) private {
        uint256 word = _accounts[wallet].word;
        if (word & BLOCKED != 0) word = _cleared(wallet, word); // a frozen party may still order its dues to be paid
        if (
            mandate.limit == 0 || mandate.limit > AccountWord.MAX_LIMIT
                || mandate.limit % AccountWord.LIMIT_UNIT != 0
        ) {
            revert TokenMandateLimitInvalid(mandate.limit, AccountWord.LIMIT_UNIT, AccountWord.MAX_LIMIT);
        }
        if (mandate.collectors == 0 || mandate.collectors & ~_collectors.bits != 0) {
            revert TokenMandateCollectorsUnknown(mandate.collectors, _collectors.bits);
        }
        uint256 month = currentMonth();
        if (mandate.expiryMonth < month || mandate.expiryMonth > AccountWord.MAX_MONTH) {
            revert TokenMandateExpiryInvalid(mandate.expiryMonth, month, AccountWord.MAX_MONTH);
        }
        _accounts[wallet].word =
            word.withMandate(mandate.limit, mandate.collectors, mandate.expiryMonth, mandate.allowPartial);
        emit MandateSet(wallet, mandate.limit, mandate.collectors, mandate.expiryMonth, mandate.allowPartial);
    }

    /// @inheritdoc ICommunityToken
    function revokeMandate() external {
        address wallet = _msgSender();
        _accounts[wallet].word &= ~AccountWord.MANDATE;
        emit MandateRevoked(wallet);
    }

    /// @inheritdoc ICommunityToken
    function mandateOf(address wallet) external view returns (Mandate memory mandate, uint256 spent, uint256 spentMonth) {
        uint256 word = _accounts[wallet].word;
        mandate = Mandate({
            limit: word.limit(),
            collectors: uint16(word.collectors()),
            expiryMonth: uint16(word.expiryMonth()),
            allowPartial: word & AccountWord.PARTIAL != 0
        });
        return (mandate, word.spent(), word.spentMonth());
    }

    /// @inheritdoc ICommunityToken
    function raiseMandateNonce() external returns (uint256 nonce) {
        nonce = ++mandateNonce[_msgSender()];
        emit MandateNonceRaised(_msgSender(), nonce);
    }

    /// @inheritdoc ICommunityToken
    function raisePermitNonce() external returns (uint256 nonce) {
        return _useNonce(_msgSender()) + 1;
    }

    /// @inheritdoc ICommunityToken
    function currentMonth() public view returns (uint256) {
        return Calendar.monthOf(Calendar.dayOf(block.timestamp, utcOffset));
    }

    // ------------------------------------------------------------------------------------------------ collectors and the suite

    /// @inheritdoc ICommunityToken
    function collectorBit(address collector) external view returns (uint16) {
        return _collectors.bitOf(collector);
    }

    /// @inheritdoc ICommunityToken
    function collectorAt(uint256 index) external view returns (address collector, uint256 effectiveFrom, bool retired) {
        return _collectors.at(index);
    }

    /// @inheritdoc ICommunityToken
    function registerCollector(address collector) external restricted returns (uint16 bit) {
        bit = _collectors.add(collector, bootstrapUntil);
        _markSuite(collector, true);
    }

    /// @inheritdoc ICommunityToken
    function retireCollector(address collector) external restricted {
        _collectors.retire(collector);
    }

    /// @inheritdoc ICommunityToken
    function markSuite(address account, bool suite) external restricted {
        if (_collectors.isKnown(account) || account == address(this)) revert TokenSuiteInUse(account);
        _markSuite(account, suite);
    }

    function _markSuite(address account, bool suite) private {
        if (account.code.length == 0) revert TokenHasNoCode(account);
        uint256 word = _accounts[account].word;
        // a resident's wallet (mandate, flags) is none of the suite; a contract that holds money must be able to pay it out
        if (suite ? word & ~(AccountWord.BALANCE | AccountWord.SUITE) != 0 : word.balance() != 0) {
            revert TokenSuiteInUse(account);
        }
        _accounts[account].word = suite ? word | AccountWord.SUITE : word & ~AccountWord.SUITE;
        emit SuiteMarked(account, suite);
    }

    /// @inheritdoc ICommunityToken
    function statusOf(address wallet) external view returns (bool suite, bool recoveryHold, uint256 frozenUntil, address receiver) {
        uint256 word = _accounts[wallet].word;
        (suite, recoveryHold) = (word & AccountWord.SUITE != 0, word & AccountWord.RECOVERY_HOLD != 0);
        return (suite, recoveryHold, _freezes.untilOf(wallet), _lines.newestOf(wallet));
    }

    // ------------------------------------------------------------------------------------------------ freeze (maker and checker)

    /// @inheritdoc ICommunityToken
    function proposeFreeze(address wallet, bytes32 reasonHash, uint256 until) external restricted {
        _checkFreezable(wallet);
        _freezes.propose(wallet, reasonHash, until);
    }

    /// @inheritdoc ICommunityToken
    function confirmFreeze(address wallet, bytes32 reasonHash, uint256 until) external restricted {
        _checkFreezable(wallet);
        _freezes.confirm(wallet, reasonHash, until);
        _accounts[wallet].word |= AccountWord.FROZEN;
    }

    /// @inheritdoc ICommunityToken
    function liftFreeze(address wallet) external restricted {
        delete _freezes[wallet];
        _accounts[wallet].word &= ~AccountWord.FROZEN;
        emit FreezeLifted(wallet, msg.sender);
    }

    /// @dev The access manager's `execute` would let one officer be maker and checker.
    function _checkFreezable(address wallet) private view {
        if (msg.sender == authority()) revert TokenCallerIsAuthority(msg.sender);
        if (_accounts[wallet].word & AccountWord.SUITE != 0) revert TokenFreezeOfSuite(wallet);
        _refuseReplaced(wallet, _accounts[wallet].word);
    }

    // ------------------------------------------------------------------------------------------------ recovery

    /// @inheritdoc ICommunityToken
    function setRecoveryHold(address wallet, bool hold) external restricted {
        uint256 word = _accounts[wallet].word;
        if (wallet == address(0) || word & (AccountWord.SUITE | AccountWord.REPLACED) != 0) {
            revert TokenReplacementInvalid(wallet, wallet);
        }
        _accounts[wallet].word = hold ? word | AccountWord.RECOVERY_HOLD : word & ~AccountWord.RECOVERY_HOLD;
        emit RecoveryHoldSet(wallet, hold);
    }

    /// @inheritdoc ICommunityToken
    function replaceWallet(address oldWallet, address newWallet) external restricted {
        (uint256 old, uint256 word) = (_accounts[oldWallet].word, _accounts[newWallet].word);
        bool invalid = oldWallet == newWallet || oldWallet == address(0) || newWallet == address(0);
        if (invalid || (old | word) & (AccountWord.SUITE | AccountWord.REPLACED) != 0) {
            revert TokenReplacementInvalid(oldWallet, newWallet);
        }
        word = word.joinedWith(old);
        (_accounts[oldWallet].word, _accounts[newWallet].word) = (AccountWord.REPLACED, word);
        _freezes.carry(oldWallet, newWallet);
        _lines.replace(oldWallet, newWallet);
        emit Transfer(oldWallet, newWallet, old.balance());
        emit WalletReplaced(oldWallet, newWallet, old.balance());
    }
}
